# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Give a virtual environment the pip that ansible-test asks for, with the standard library and the configured index alone.

ansible-test fetches a script of this job from a server of its own, unless one lies in its cache: the Makefile puts this one there, so that
sanity tests run wherever the package index can be reached.
"""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys

pins = [argument for argument in sys.argv[1:] if "==" in argument]
# ensurepip removes pip's settings (index, certificates) from the environment, so they are kept aside.
environment = dict(os.environ)
ensurepip.bootstrap()
subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *pins], env=environment, check=True)
