#include "store/random_uuid.h"

#include <openssl/rand.h>

#include "store/sql_text.h"

namespace usersync::store {

std::string RandomUuid() {
  std::string bytes(16, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return UuidText(bytes);
}

}  // namespace usersync::store
