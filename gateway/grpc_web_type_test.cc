#include "gateway/grpc_web_type.h"

#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

constexpr auto kBinary = GrpcWebEncoding::kBinary;
constexpr auto kText = GrpcWebEncoding::kText;

TEST(GrpcWebType, KnowsFourTypesWhateverTheirCaseAndParameters) {
  EXPECT_EQ(ParseGrpcWebType("application/grpc-web"), kBinary);
  EXPECT_EQ(ParseGrpcWebType("application/grpc-web+proto"), kBinary);
  EXPECT_EQ(ParseGrpcWebType("application/grpc-web-text"), kText);
  EXPECT_EQ(ParseGrpcWebType("application/grpc-web-text+proto"), kText);
  EXPECT_EQ(ParseGrpcWebType("Application/GRPC-Web+Proto ; charset=utf-8"), kBinary);
}

TEST(GrpcWebType, RefusesSubFormatsThatItCannotForward) {
  for (const char* type : {"application/grpc-web+json", "application/grpc-web+foo",
                           "application/grpc-web-text+json", "application/grpc-webx", ""}) {
    EXPECT_EQ(ParseGrpcWebType(type), std::nullopt) << type;
  }
  EXPECT_TRUE(IsGrpcWeb("application/grpc-web+json"));
  EXPECT_FALSE(IsGrpcWeb("application/grpc"));
}

TEST(GrpcWebType, AnswersAsAcceptAsksAndOtherwiseAsTheRequestCame) {
  EXPECT_EQ(ChooseEncoding("application/grpc-web-text", kBinary), kText);
  EXPECT_EQ(ChooseEncoding("application/grpc-web+proto", kText), kBinary);
  EXPECT_EQ(ChooseEncoding("text/html, application/grpc-web-text+proto;q=0.9", kBinary), kText);
  EXPECT_EQ(ChooseEncoding("*/*", kText), kText);
  EXPECT_EQ(ChooseEncoding("", kBinary), kBinary);
}

}  // namespace
}  // namespace usersync::gateway
