# owner_request_special = no: owner-x and x-request have extensions like other names
user owner ann
conf owner_request_special = no
conf recipient_delimiter = -
message alice@example.test owner-list@mail.example.test
maildir owner 1
has= Delivered-To: owner-list@mail.example.test
message alice@example.test ann-request@mail.example.test
maildir ann 1
queue empty
