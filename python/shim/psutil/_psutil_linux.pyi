from psoxide._psutil_linux import *
