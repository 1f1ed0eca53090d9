from psoxide._psposix import *
