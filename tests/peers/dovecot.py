# dovecot.py - a private Dovecot beside an instance: IMAP for its Maildirs, AUTH for an SMTP server
# SPDX-License-Identifier: ISC
import os
import pwd
import socket
import subprocess
import time

CONF = """\
base_dir = %(dir)s/dovecot
state_dir = %(dir)s/dovecot
log_path = %(dir)s/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5
mail_location = maildir:~/
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = %(internal)s
default_login_user = %(login)s
default_internal_group = %(group)s
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%n %(dir)s/dovecot.passwd
}
userdb {
  driver = static
  args = uid=%(uid)s gid=%(gid)s home=%(dir)s/mail/%%n
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %(port)s
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service auth {
  unix_listener %(dir)s/queue/private/auth {
    mode = 0666
  }
}
"""

CONF_24 = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = %(dir)s/dovecot
state_dir = %(dir)s/dovecot
log_path = %(dir)s/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
auth_allow_cleartext = yes
auth_mechanisms = plain login cram-md5
mail_driver = maildir
mail_path = ~/
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = %(internal)s
default_login_user = %(login)s
default_internal_group = %(group)s
passdb passwd-file {
  passwd_file_path = %(dir)s/dovecot.passwd
}
userdb static {
  fields {
    uid = %(uid)s
    gid = %(gid)s
    home = %(dir)s/mail/%%{user | username}
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %(port)s
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service auth {
  unix_listener auth-smtpd {
    path = %(dir)s/queue/private/auth
    mode = 0666
  }
}
"""


class Dovecot:
    def __init__(self, t, instance):
        t.need("program:dovecot", "root")
        if not os.path.exists("/usr/lib/dovecot/imap"):
            t.skip("needs Dovecot's IMAP server")
        i = self.instance = instance
        self.port = i.port("imap")
        try:
            internal = pwd.getpwnam("dovecot")
        except KeyError:
            t.skip("needs Dovecot's system users")
        login = "dovenull" if any(p.pw_name == "dovenull" for p in pwd.getpwall()) else internal.pw_name
        version = subprocess.run(["dovecot", "--version"], capture_output=True, text=True).stdout
        template = CONF if version.startswith("2.3") else CONF_24
        os.makedirs(os.path.join(i.dir, "dovecot"))
        os.makedirs(os.path.join(i.dir, "queue", "private"), exist_ok=True)
        path = i.file("dovecot.conf", template % {"dir": i.dir, "internal": internal.pw_name, "login": login,
                                              "group": "dovecot", "uid": t.env.local.pw_uid,
                                              "gid": t.env.local.pw_gid, "port": self.port})
        i.file("dovecot.passwd", "alice:{PLAIN}secret::::::\n", 0o644)
        self.process = subprocess.Popen(["dovecot", "-F", "-c", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        env=dict(i.environ, PATH="/usr/sbin:/usr/bin:/sbin:/bin"))
        until = time.monotonic() + 10
        while not self.answers(os.path.join(i.dir, "queue", "private", "auth")):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                t.fail("dovecot does not start: " + self.process.stderr.read().decode())
            time.sleep(0.05)

    @staticmethod
    def answers(path):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(5)
            try:
                s.connect(path)
                return b"VERSION" in s.recv(100)
            except OSError:
                return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
