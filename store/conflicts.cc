#include "store/conflicts.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "absl/strings/str_cat.h"
#include "store/document_json.h"
#include "store/merge.h"

namespace usersync::store {
namespace {

absl::StatusOr<users::v1::User> ParsePart(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return ParseDocument(absl::string_view(buffer.GetString(), buffer.GetSize()));
}

}  // namespace

std::string AuditJson(const Audit& audit, absl::string_view policy) {
  return absl::StrCat("{\"base\":", audit.base ? CanonicalDocument(*audit.base) : "null",
                      ",\"mine\":", CanonicalDocument(audit.mine), ",\"policy\":\"", policy,
                      "\",\"theirs\":", CanonicalDocument(audit.theirs), "}");
}

absl::StatusOr<Audit> ParseAudit(absl::string_view json) {
  rapidjson::Document parsed;
  parsed.Parse(json.data(), json.size());
  if (parsed.HasParseError() || !parsed.IsObject() || !parsed.HasMember("base") ||
      !parsed.HasMember("mine") || !parsed.HasMember("theirs")) {
    return absl::DataLossError("a stored audit is damaged");
  }
  Audit audit;
  if (!parsed["base"].IsNull()) {
    auto base = ParsePart(parsed["base"]);
    if (!base.ok()) return base.status();
    audit.base = *std::move(base);
  }
  auto mine = ParsePart(parsed["mine"]);
  if (!mine.ok()) return mine.status();
  auto theirs = ParsePart(parsed["theirs"]);
  if (!theirs.ok()) return theirs.status();
  audit.mine = *std::move(mine);
  audit.theirs = *std::move(theirs);
  return audit;
}

std::vector<users::v1::FieldConflict> ConflictsOf(const Audit& audit) {
  return MergeDocuments(audit.base ? &*audit.base : nullptr, audit.mine, audit.theirs).conflicts;
}

}  // namespace usersync::store
