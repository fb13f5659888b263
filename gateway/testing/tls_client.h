// A client over TLS that believes every certificate, and one to show it.
#pragma once

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string>

#include "gateway/testing/raw_client.h"

namespace usersync::gateway {

// What a TlsClient says it speaks.
struct TlsOffer {
  // Such as "\x02h2\x08http/1.1"; "": nothing is said.
  std::string protocols;
  int newest_version = TLS1_3_VERSION;
};

class TlsContextOfClient {
 public:
  explicit TlsContextOfClient(const TlsOffer& offer) {
    SSL_CTX_set_max_proto_version(tls_.native_handle(), offer.newest_version);
    // Old versions are offered only by those who want it so.
    SSL_CTX_set_security_level(tls_.native_handle(), 0);
    SSL_CTX_set_alpn_protos(tls_.native_handle(),
                            reinterpret_cast<const unsigned char*>(offer.protocols.data()),
                            static_cast<unsigned>(offer.protocols.size()));
  }

 protected:
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
};

class TlsClient final : private TlsContextOfClient,
                        public ByteClient<boost::asio::ssl::stream<boost::asio::ip::tcp::socket>> {
 public:
  explicit TlsClient(int port, const TlsOffer& offer = {})
      : TlsContextOfClient(offer), ByteClient(boost::asio::ip::address_v4::loopback(), port, tls_) {
    stream().handshake(boost::asio::ssl::stream_base::client, error_);
  }

  // Of the handshake.
  const boost::system::error_code& error() const { return error_; }

  // The protocol that was agreed, or "".
  std::string protocol() {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(stream().native_handle(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }

  // The name in the certificate that was shown.
  std::string name() {
    X509* const certificate = SSL_get1_peer_certificate(stream().native_handle());
    char name[64] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                              sizeof(name));
    X509_free(certificate);
    return name;
  }

 private:
  boost::system::error_code error_;
};

// Writes a self-signed certificate of `name`, and its key.
inline void WriteCertificate(const std::string& certificate_path, const std::string& key_path,
                             const std::string& name) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* const subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* file = std::fopen(certificate_path.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(key_path.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

}  // namespace usersync::gateway
