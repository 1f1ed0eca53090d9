from psoxide._pslinux import *
