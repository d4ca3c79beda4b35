# slots.py - which messages are in queue files that are used again (src/queue/qslot.h)
# SPDX-License-Identifier: ISC
import os
import struct

HEAD, ID, MARKS, SPENT = 128, 88, 124, 8


def messages(queue):
    """Ids of the messages in slots of this queue directory."""
    ids = []
    top = os.path.join(queue, "slots")
    for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
        try:
            with open(os.path.join(top, name), "rb") as f:
                head = f.read(HEAD)
        except OSError:
            continue
        if len(head) == HEAD and head.startswith(b"postlet"):
            marks, inverse = struct.unpack_from("<HH", head, MARKS)
            if marks ^ inverse != 0xFFFF or not marks & SPENT:
                ids.append(head[ID:ID + 32].split(b"\0")[0].decode())
    return ids
