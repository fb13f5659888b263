#include "gateway/open_api.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/version.h"
#include "gateway/json_schema.h"
#include "gateway/json_writer.h"
#include "gateway/request_fields.h"
#include "gateway/rest_route.h"
#include "users/v1/change_feed_service.pb.h"

namespace usersync::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr char kProblem[] = "Problem";

struct Parameter {
  std::string name;
  std::string place;
  const FieldDescriptor* field;
};

// The field that names joined by dots lead to.
const FieldDescriptor* FieldAt(const Descriptor& message, const std::string& path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* const field = message.FindFieldByName(path.substr(0, dot));
  return dot == std::string::npos ? field : FieldAt(*field->message_type(), path.substr(dot + 1));
}

void AddQueryParameters(const Descriptor& message, const std::string& prefix,
                        const std::set<std::string>& taken, std::vector<Parameter>* parameters) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (prefix.empty() && taken.count(field.name()) > 0) continue;
    if (HasTextForm(field)) {
      parameters->push_back({prefix + field.json_name(), "query", &field});
    } else if (!field.is_repeated()) {
      AddQueryParameters(*field.message_type(), prefix + field.json_name() + ".", taken,
                         parameters);
    }
  }
}

std::vector<Parameter> ParametersOf(const RestRoute& route) {
  const Descriptor& request = *route.method->input_type();
  std::vector<Parameter> parameters;
  std::set<std::string> taken = {route.body};
  for (const PathVariable& variable : VariablesOf(route)) {
    parameters.push_back({variable.name, "path", FieldAt(request, variable.field)});
    taken.insert(variable.field);
  }
  AddQueryParameters(request, "", taken, &parameters);
  if (route.method->server_streaming()) {
    parameters.push_back({"Last-Event-ID", "header", request.FindFieldByName("checkpoint")});
  }
  return parameters;
}

// OpenAPI 3.0 knows no body of DELETE (RFC 9110, 9.3.5: it means nothing by itself).
bool TakesBody(const RestRoute& route) { return route.IsWrite() && route.verb != "DELETE"; }

class Document {
 public:
  std::string Write() {
    json_.Object([&] {
      json_.Member("openapi", "3.0.3");
      json_.Object("info", [&] {
        json_.Member("title", "usersync");
        json_.Member("version", kVersion);
      });
      json_.Object("paths", [&] { WritePaths(); });
      json_.Object("components", [&] { json_.Object("schemas", [&] { WriteSchemas(); }); });
    });
    return json_.text();
  }

 private:
  void WritePaths() {
    std::map<std::string, std::vector<const RestRoute*>> paths;
    for (const RestRoute& route : RestRoutes()) paths[route.PublicPath()].push_back(&route);
    for (const auto& [path, routes] : paths) {
      json_.Object(path, [&, &routes = routes] {
        for (const RestRoute* route : routes) WriteOperation(*route);
      });
    }
  }

  void WriteOperation(const RestRoute& route) {
    std::string verb = route.verb;
    std::transform(verb.begin(), verb.end(), verb.begin(), absl::ascii_tolower);
    json_.Object(verb, [&] {
      json_.Member("operationId", route.method->name());
      json_.Array("tags", [&] { json_.Value(route.method->service()->name()); });
      json_.Array("parameters", [&] {
        for (const Parameter& parameter : ParametersOf(route)) WriteParameter(parameter);
      });
      if (TakesBody(route)) WriteBody(route);
      json_.Object("responses", [&] { WriteResponses(route); });
    });
  }

  void WriteParameter(const Parameter& parameter) {
    json_.Object([&] {
      json_.Member("name", parameter.name);
      json_.Member("in", parameter.place);
      if (parameter.place == "path") json_.Member("required", true);
      json_.Object("schema", [&] { schemas_.WriteField(*parameter.field, &json_); });
    });
  }

  // The user; or, if what the query may say may stand there, too, the whole request.
  void WriteBody(const RestRoute& route) {
    const Descriptor& request = *route.method->input_type();
    json_.Object("requestBody", [&] {
      json_.Member("required", !route.body.empty());
      WriteContent("application/json", [&] {
        if (route.body.empty()) {
          schemas_.WriteMessage(request, &json_);
        } else {
          schemas_.WriteField(*request.FindFieldByName(route.body), &json_);
        }
      });
    });
  }

  void WriteResponses(const RestRoute& route) {
    const bool is_stream = route.method->server_streaming();
    json_.Object("200", [&] {
      json_.Member("description", is_stream ? "An event for each change, its data a Change" : "OK");
      WriteContent(is_stream ? "text/event-stream" : "application/json", [&] {
        schemas_.WriteMessage(
            is_stream ? *users::v1::Change::descriptor() : *route.method->output_type(), &json_);
      });
    });
    json_.Object("default", [&] {
      json_.Member("description", "What went wrong");
      WriteContent("application/problem+json",
                   [&] { json_.Member("$ref", JsonSchemas::ReferenceTo(kProblem)); });
    });
  }

  template <typename Schema>
  void WriteContent(const std::string& type, Schema schema) {
    json_.Object("content",
                 [&] { json_.Object(type, [&] { json_.Object("schema", [&] { schema(); }); }); });
  }

  void WriteSchemas() {
    schemas_.WriteAll(&json_);
    json_.Object(kProblem, [&] {
      json_.Member("type", "object");
      json_.Object("properties", [&] {
        for (const char* name : {"type", "title", "detail", "code", "reason"}) {
          json_.Object(name, [&] { json_.Member("type", "string"); });
        }
        json_.Object("status", [&] { json_.Member("type", "integer"); });
        json_.Object("metadata", [&] { json_.Member("type", "object"); });
        json_.Object("violations", [&] { WriteViolations(); });
      });
    });
  }

  void WriteViolations() {
    json_.Member("type", "array");
    json_.Object("items", [&] {
      json_.Member("type", "object");
      json_.Object("properties", [&] {
        for (const char* name : {"field", "description"}) {
          json_.Object(name, [&] { json_.Member("type", "string"); });
        }
      });
    });
  }

  JsonWriter json_;
  JsonSchemas schemas_;
};

}  // namespace

const std::string& OpenApi() {
  static const std::string kDocument = Document().Write();
  return kDocument;
}

}  // namespace usersync::gateway
