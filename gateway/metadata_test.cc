#include "gateway/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(Metadata, CarriesWhatIsTheCallersOwn) {
  const auto metadata = ForwardedMetadata({{"traceparent", "00-1-2-01"},
                                           {"x-user-agent", "grpc-web-javascript/0.1"},
                                           {"x-tag", "a"},
                                           {"x-tag", "b"}});
  EXPECT_THAT(*metadata, ElementsAre(Pair("traceparent", "00-1-2-01"),
                                     Pair("x-user-agent", "grpc-web-javascript/0.1"),
                                     Pair("x-tag", "a"), Pair("x-tag", "b")));
}

TEST(Metadata, LeavesOutWhatBelongsToTheConnectionTheBrowserAndGrpc) {
  EXPECT_THAT(*ForwardedMetadata({{"connection", "keep-alive, X-Hop"},
                                  {"x-hop", "1"},
                                  {"keep-alive", "5"},
                                  {"transfer-encoding", "chunked"},
                                  {"te", "trailers"},
                                  {"proxy-authorization", "x"},
                                  {"host", "localhost"},
                                  {"content-length", "5"},
                                  {"content-type", "application/grpc-web"},
                                  {"accept", "*/*"},
                                  {"accept-encoding", "gzip"},
                                  {"sec-fetch-mode", "cors"},
                                  {"origin", "http://localhost:3000"},
                                  {"referer", "http://localhost:3000/"},
                                  {"user-agent", "Mozilla"},
                                  {"trailer", "x-tag"},
                                  {"expect", "100-continue"},
                                  {"http2-settings", "AAMAAABk"},
                                  {"access-control-request-method", "POST"},
                                  {"grpc-timeout", "1S"},
                                  {"grpc-status", "0"},
                                  {"x-grpc-web", "1"}}),
              IsEmpty());
  // Whether or not Connection names them.
  EXPECT_THAT(*ForwardedMetadata({{"keep-alive", "5"}, {"upgrade", "websocket"}}), IsEmpty());
}

TEST(Metadata, NeverCarriesAnIdentityThatAClientClaims) {
  EXPECT_THAT(*ForwardedMetadata({{"usersync-token", "stolen"},
                                  {"usersync-actor", "admin"},
                                  {"usersync-actor", "admin"},
                                  {"usersync-roles-bin", "YWRtaW4"},
                                  {"authorization", "Bearer x"},
                                  {"x-user-id", "alice"}}),
              IsEmpty());
}

TEST(Metadata, DecodesBinaryValuesPaddedOrNotAndJoined) {
  EXPECT_THAT(*ForwardedMetadata({{"x-a-bin", "AP8="}, {"x-b-bin", "AP8, YQ"}}),
              ElementsAre(Pair("x-a-bin", std::string("\0\xff", 2)),
                          Pair("x-b-bin", std::string("\0\xff", 2)), Pair("x-b-bin", "a")));
}

TEST(Metadata, RefusesWhatWouldAbortGrpcAndNamesIt) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"x!y", "1"},
                                                        {"x:y", "1"},
                                                        {"x y", "1"},
                                                        {"", "1"},
                                                        {"x-v", "caf\xc3\xa9"},
                                                        {"x-v", "a\tb"},
                                                        {"x-v", std::string("a\0b", 3)},
                                                        {"x-v", "a\x7f"},
                                                        {"x-bin", "*"}}) {
    const auto metadata = ForwardedMetadata({{name, value}});
    EXPECT_TRUE(absl::IsInvalidArgument(metadata.status())) << name << "=" << value;
    EXPECT_THAT(std::string(metadata.status().message()), HasSubstr("the header " + name));
  }
}

TEST(Metadata, BecomesFieldsOfTheAnswer) {
  HttpHeaders headers;
  AppendFields({{"x-tag", "a"},
                {"x-tag", "b"},
                {"x-a-bin", std::string("\0\xff", 2)},
                {"grpc-status-details-bin", "x"},
                {"content-type", "application/grpc"}},
               &headers);
  EXPECT_THAT(headers, ElementsAre(Pair("x-tag", "a"), Pair("x-tag", "b"), Pair("x-a-bin", "AP8")));
}

}  // namespace
}  // namespace usersync::gateway
