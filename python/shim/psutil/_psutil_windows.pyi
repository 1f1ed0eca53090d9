from psoxide._psutil_windows import *
