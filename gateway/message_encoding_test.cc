#include "gateway/message_encoding.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace usersync::gateway {
namespace {

std::string Compress(const std::string& text, int window) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Gzip(const std::string& text) { return Compress(text, 31); }

TEST(MessageEncoding, ReadsGzipAndDeflate) {
  const std::string text(200000, 'x');
  EXPECT_EQ(*Decompress("gzip", Gzip(text), 1 << 20), text);
  EXPECT_EQ(*Decompress("deflate", Compress(text, 15), 1 << 20), text);
  EXPECT_EQ(*Decompress("gzip", Gzip(""), 10), "");
}

TEST(MessageEncoding, StopsABombAtTheLimit) {
  const std::string bomb = Gzip(std::string(50 << 20, '\0'));
  EXPECT_LT(bomb.size(), 60000u);
  EXPECT_TRUE(absl::IsResourceExhausted(Decompress("gzip", bomb, 1 << 20).status()));
  EXPECT_EQ(Decompress("gzip", Gzip("12345"), 5)->size(), 5u);
  EXPECT_TRUE(absl::IsResourceExhausted(Decompress("gzip", Gzip("123456"), 5).status()));
}

TEST(MessageEncoding, RefusesWhatIsNotInIt) {
  const std::string good = Gzip("hello");
  for (const std::string& bytes : {std::string(), std::string("hello"), good.substr(0, 15),
                                   good.substr(0, good.size() - 1), good + "x"}) {
    EXPECT_TRUE(absl::IsInternal(Decompress("gzip", bytes, 100).status())) << bytes.size();
  }
  EXPECT_TRUE(absl::IsInternal(Decompress("identity", "hello", 100).status()));
  EXPECT_TRUE(absl::IsInternal(Decompress("", "hello", 100).status()));
}

TEST(MessageEncoding, KnowsFourNames) {
  for (const char* name : {"", "identity", "gzip", "deflate"}) EXPECT_TRUE(IsKnownEncoding(name));
  for (const char* name : {"br", "snappy", "GZIP", "x"}) EXPECT_FALSE(IsKnownEncoding(name));
}

}  // namespace
}  // namespace usersync::gateway
