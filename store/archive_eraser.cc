#include "store/archive_eraser.h"

#include <fstream>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/archive_file.h"
#include "store/archive_line.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

absl::Status ForEachLine(const std::string& path,
                         const std::function<absl::Status(const std::string& line)>& take) {
  std::ifstream lines(path, std::ios::binary);
  for (std::string line; std::getline(lines, line);) {
    if (auto status = take(line); !status.ok()) return status;
  }
  if (lines.eof()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(path, " cannot be read"));
}

}  // namespace

absl::StatusOr<size_t> ArchiveEraser::Begin() {
  const auto rows = session_.Exec("SELECT doc_id FROM users WHERE erased");
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) erased_.insert(row[0].c_str());
  return erased_.size();
}

absl::StatusOr<std::vector<ArchiveEraser::File>> ArchiveEraser::ReadFiles() {
  const auto rows = session_.Exec("SELECT file, digest FROM archive ORDER BY first_seq");
  if (!rows.ok()) return rows.status();
  std::vector<File> files;
  for (const pqxx::row& row : *rows) files.push_back({row[0].c_str(), ParseBytea(row[1].c_str())});
  return files;
}

// The new digest is committed before the new file is at its place: what is beside it then and has
// that digest is the file.
absl::Status ArchiveEraser::FinishEarlierRun(const File& file) {
  const std::string path = absl::StrCat(directory_, "/", file.name);
  const auto digest = DigestOfFile(path);
  if (!digest.ok()) return digest.status();
  if (*digest == file.digest) return absl::OkStatus();
  const auto beside = DigestOfFile(PartialPath(path));
  if (beside.ok() && *beside == file.digest) return PutInPlace(path);
  return absl::DataLossError(absl::StrCat(path, " is not the file that was archived"));
}

absl::StatusOr<int64_t> ArchiveEraser::Erase(const File& file, bool dry_run) {
  if (auto status = FinishEarlierRun(file); !status.ok()) return status;
  const std::string path = absl::StrCat(directory_, "/", file.name);
  int64_t count = 0;
  const auto count_lines = [&](const std::string& line) {
    if (MustGo(line)) ++count;
    return absl::OkStatus();
  };
  if (auto status = ForEachLine(path, count_lines); !status.ok()) return status;
  if (dry_run || count == 0) return count;
  const auto erased = ArchiveFile::Create(path);
  if (!erased.ok()) return erased.status();
  const auto copy = [&](const std::string& line) {
    return (*erased)->AddLine(MustGo(line) ? WithoutBody(line) : line);
  };
  if (auto status = ForEachLine(path, copy); !status.ok()) return status;
  const auto digest = (*erased)->Seal();
  if (!digest.ok()) return digest.status();
  const auto noted = session_.ExecParams("UPDATE archive SET digest = $1::bytea WHERE file = $2",
                                         ByteaLiteral(*digest), file.name);
  if (!noted.ok()) return noted.status();
  if (auto status = PutInPlace(path); !status.ok()) return status;
  return count;
}

bool ArchiveEraser::MustGo(absl::string_view line) const {
  return erased_.contains(UserOfLine(line)) && HasErasableBody(line);
}

}  // namespace usersync::store
