# test_long.py - the forms that take minutes of what make check tests shortly; part of make faults
# SPDX-License-Identifier: ISC
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))

from test_load import overload                             # noqa: E402


def test_five_hundred_clients_against_twenty_processes(t):
    overload(t, 20, 500, 20, 4, 1)


test_five_hundred_clients_against_twenty_processes.timeout = 900
