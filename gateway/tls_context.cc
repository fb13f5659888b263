#include "gateway/tls_context.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/log.h"

namespace usersync::gateway {
namespace {

using boost::system::error_code;

// Wire form: each name behind its length.
constexpr absl::string_view kProtocols("\x02h2\x08http/1.1", 12);
// What HTTP/2 allows of TLS 1.2 (RFC 9113, 9.2.2); TLS 1.3 has no others.
constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  const auto ours = reinterpret_cast<const unsigned char*>(kProtocols.data());
  const int result = SSL_select_next_proto(const_cast<unsigned char**>(chosen), size, ours,
                                           kProtocols.size(), offered, offered_size);
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

TlsContext::Shared MakeContext() {
  auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, kCiphers);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A connection that is idle holds no buffers.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, ChooseProtocol, nullptr);
  return context;
}

absl::Status Unusable(const std::string& path, const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat("cannot use ", path, ": ", why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Read(Files files) {
  auto context = std::unique_ptr<TlsContext>(new TlsContext(std::move(files)));
  MutexLock lock(context->mutex_);
  context->stamp_ = context->Stamp();
  if (auto status = context->Reread(); !status.ok()) return status;
  return context;
}

TlsContext::Shared TlsContext::Current() {
  MutexLock lock(mutex_);
  std::string stamp = Stamp();
  if (stamp == stamp_) return current_;
  stamp_ = std::move(stamp);
  if (const auto status = Reread(); status.ok()) {
    spdlog::info("the certificate has changed: new connections are shown the new one");
  } else {
    spdlog::error("the certificate has changed, and the old one stays: {}",
                  std::string(status.message()));
  }
  return current_;
}

std::string TlsContext::Stamp() const {
  std::string stamp;
  for (const std::string& path : {files_.certificate, files_.key}) {
    struct stat file {};
    if (stat(path.c_str(), &file) != 0) file = {};
    absl::StrAppend(&stamp, file.st_ino, "/", file.st_size, "/", file.st_mtim.tv_sec, ".",
                    file.st_mtim.tv_nsec, " ");
  }
  return stamp;
}

absl::Status TlsContext::Reread() {
  Shared context = MakeContext();
  error_code error;
  context->use_certificate_chain_file(files_.certificate, error);
  if (error) return Unusable(files_.certificate, error.message());
  // A key that belongs to another certificate is refused here, too.
  context->use_private_key_file(files_.key, boost::asio::ssl::context::pem, error);
  if (error) return Unusable(files_.key, error.message());
  current_ = std::move(context);
  return absl::OkStatus();
}

}  // namespace usersync::gateway
