// An authority in a folder of its own: makes certificates as files, gone with the test.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "common/tls_credentials.h"

namespace usersync {

class Certificates {
 public:
  Certificates() {
    char folder[] = "/tmp/usersync-certificates-XXXXXX";
    folder_ = mkdtemp(folder);
    authority_ = MakeCertificate("authority", "critical,CA:TRUE", nullptr, "", key_, key_);
    WriteCertificate(authority_, folder_ + "/authority");
  }
  ~Certificates() {
    X509_free(authority_);
    EVP_PKEY_free(key_);
    std::filesystem::remove_all(folder_);
  }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // Files of a certificate for names such as "DNS:localhost,URI:usersync://bridge", or "". They
  // are `name` in the folder; the same name again takes their place, as a renewal does.
  TlsFiles Make(const std::string& name, const std::string& alternative_names) const {
    const TlsFiles files{.certificate = folder_ + "/" + name + ".crt",
                         .key = folder_ + "/" + name + ".key",
                         .authority = folder_ + "/authority"};
    EVP_PKEY* key = EVP_EC_gen("prime256v1");
    X509* certificate =
        MakeCertificate(name, "critical,CA:FALSE", authority_, alternative_names, key, key_);
    WriteCertificate(certificate, files.certificate);
    std::FILE* file = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return files;
  }

 private:
  // Signs itself if there is no issuer.
  static X509* MakeCertificate(const std::string& name, const char* basic_constraints, X509* issuer,
                               const std::string& alternative_names, EVP_PKEY* key,
                               EVP_PKEY* issuer_key) {
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    static long serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    if (issuer == nullptr) issuer = certificate;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    AddExtension(certificate, issuer, NID_basic_constraints, basic_constraints);
    if (!alternative_names.empty()) {
      AddExtension(certificate, issuer, NID_subject_alt_name, alternative_names.c_str());
    }
    X509_sign(certificate, issuer_key, EVP_sha256());
    return certificate;
  }

  static void AddExtension(X509* certificate, X509* issuer, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static void WriteCertificate(X509* certificate, const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
  }

  std::string folder_;
  EVP_PKEY* key_ = EVP_EC_gen("prime256v1");
  X509* authority_ = nullptr;
};

}  // namespace usersync
