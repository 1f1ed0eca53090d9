"""psoxide under the name psutil: importing this puts psoxide in its place."""

import psoxide

psoxide.install_as_psutil()
