#include "common/tls_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace usersync {
namespace {

using grpc::experimental::FileWatcherCertificateProvider;

constexpr unsigned kSecondsBetweenLooks = 2;

absl::Status Wrong(absl::string_view what, const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat("TLS needs ", what, ", which \"", path, "\" is not"));
}

// gRPC says nothing of files that it cannot use: it only takes no connection.
absl::Status Check(const TlsFiles& files) {
  SSL_CTX* context = SSL_CTX_new(TLS_method());
  const absl::Cleanup release = [context] {
    SSL_CTX_free(context);
    ERR_clear_error();
  };
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return Wrong("a certificate", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Wrong("the certificate's private key", files.key);
  }
  if (SSL_CTX_load_verify_file(context, files.authority.c_str()) != 1) {
    return Wrong("an authority's certificate", files.authority);
  }
  return absl::OkStatus();
}

std::shared_ptr<FileWatcherCertificateProvider> Watch(const TlsFiles& files) {
  return std::make_shared<FileWatcherCertificateProvider>(files.key, files.certificate,
                                                          files.authority, kSecondsBetweenLooks);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const TlsFiles& files) {
  if (files.empty()) return grpc::InsecureChannelCredentials();
  if (auto status = Check(files); !status.ok()) return status;
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  options.watch_identity_key_cert_pairs();
  options.watch_root_certs();
  return grpc::experimental::TlsCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const TlsFiles& files) {
  if (files.empty()) return grpc::InsecureServerCredentials();
  if (auto status = Check(files); !status.ok()) return status;
  grpc::experimental::TlsServerCredentialsOptions options(Watch(files));
  options.watch_identity_key_cert_pairs();
  options.watch_root_certs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace usersync
