"""The gateway's certificate: made once, private, good for the names of this machine."""

import pathlib
import ssl
import stat
import tempfile
import unittest

from common.run import certificate


class CertificateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_is_made_once_and_private(self):
        files = certificate.make_certificate(self.folder)
        before = [path.read_bytes() for path in files]
        self.assertEqual(certificate.make_certificate(self.folder), files)
        self.assertEqual([path.read_bytes() for path in files], before)
        for path in self.folder.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path.name)

    def test_names_this_machine_and_fits_its_key(self):
        shown, key = certificate.make_certificate(self.folder)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(shown, key)
        names = ssl._ssl._test_decode_cert(str(shown))["subjectAltName"]  # pylint: disable=protected-access
        self.assertIn(("DNS", "localhost"), names)
        self.assertIn(("IP Address", "127.0.0.1"), names)

    def test_one_that_ends_soon_or_cannot_be_read_is_made_anew(self):
        shown, _ = certificate.make_certificate(self.folder)
        shown.write_text("nonsense", encoding="utf-8")
        certificate.make_certificate(self.folder)
        self.assertTrue(certificate.lasts(shown))


if __name__ == "__main__":
    unittest.main()
