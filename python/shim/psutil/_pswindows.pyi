from psoxide._pswindows import *
