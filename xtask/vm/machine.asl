/* What the emulated machine has beyond qemu's own: mains power, batteries, a fan, a thermal zone and processor performance
   states. iasl's -D chooses the battery: DISCHARGING, CHARGING, FULL, TWO, NONE, UNKNOWN, NO_POWER or AMPERES.
   Facts: ACPI Specification 6.5, chapters 8 (processors), 10 (power sources) and 11 (thermal). */

DefinitionBlock ("machine.aml", "SSDT", 2, "PSOXID", "MACHINE", 1)
{
    External (\_SB, DeviceObj)
    External (\_SB.CPUS.C000, DeviceObj)
    External (\_SB.CPUS.C001, DeviceObj)

    /* _BST: state (1 discharging, 2 charging), rate, remaining capacity, voltage. 0xFFFFFFFF is "unknown". */
#ifdef DISCHARGING
#define MAINS 0
#define STATUS 1, 9000, 18000, 11000
#endif
#ifdef CHARGING
#define MAINS 1
#define STATUS 2, 9000, 18000, 11500
#endif
#ifdef FULL
#define MAINS 1
#define STATUS 0, 0, 45000, 12000
#endif
#ifdef TWO
#define MAINS 0
#define STATUS 1, 6000, 9000, 10900
#define SECOND_STATUS 0, 0, 20000, 11900
#endif
#ifdef NONE
#define MAINS 1
#endif
#ifdef UNKNOWN
/* No adapter that could tell, and neither charging nor discharging. */
#define STATUS 0, 0, 18000, 11000
#endif
#ifdef NO_POWER
#define MAINS 0
#define STATUS 1, 0xFFFFFFFF, 18000, 11000
#endif
#ifdef AMPERES
/* A battery that counts current, in mA and mAh. */
#define MAINS 0
#define STATUS 1, 800, 1600, 11000
#define INFORMATION 1, 4500, 4000, 1, 11100, 400, 150
#else
/* _BIF: unit (0 mW, 1 mA), design capacity, last full capacity, rechargeable, design voltage, warning, low */
#define INFORMATION 0, 50000, 45000, 1, 11100, 4500, 1500
#endif

    Scope (\_SB)
    {
#ifdef MAINS
        Device (ACAD)
        {
            Name (_HID, "ACPI0003")
            Method (_STA) { Return (0x0F) }
            Method (_PSR) { Return (MAINS) }
            Name (_PCL, Package () { \_SB })
        }
#endif
#ifdef STATUS
        Device (BAT0)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 0)
            Method (_STA) { Return (0x1F) }
            Name (_PCL, Package () { \_SB })
            Method (_BIF) { Return (Package () { INFORMATION, 10, 10, "PSOXIDE-0", "100", "LION", "PSOXIDE" }) }
            Method (_BST) { Return (Package () { STATUS }) }
        }
#endif
#ifdef SECOND_STATUS
        Device (BAT1)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 1)
            Method (_STA) { Return (0x1F) }
            Name (_PCL, Package () { \_SB })
            Method (_BIF) { Return (Package () { 0, 24000, 22000, 1, 11100, 2200, 700, 10, 10, "PSOXIDE-1", "101", "LION", "PSOXIDE" }) }
            Method (_BST) { Return (Package () { SECOND_STATUS }) }
        }
#endif
        Device (FAN0)
        {
            Name (_HID, EisaId ("PNP0C0B"))
            Name (_UID, 1)
            Method (_STA) { Return (0x0F) }
            Name (_FIF, Package () { 0, 1, 1, 0 })
            Name (_FPS, Package () {
                0,
                Package () { 0, 0xFFFFFFFF, 0, 0, 0 },
                Package () { 50, 0xFFFFFFFF, 1200, 0, 0 },
                Package () { 100, 0xFFFFFFFF, 2400, 0, 0 } })
            Method (_FSL, 1) { }
            /* level 50, 1234 turns a minute */
            Method (_FST) { Return (Package () { 0, 50, 1234 }) }
        }
    }

    /* The states are switched and read through an I/O port that nothing answers: it reads as 0xFF, so the state whose
       status is 0xFF, of 2000 MHz, is the current one. */
    Scope (\_SB.CPUS.C000)
    {
        Name (_PCT, Package () {
            ResourceTemplate () { Register (SystemIO, 8, 0, 0x0F00) },
            ResourceTemplate () { Register (SystemIO, 8, 0, 0x0F00) } })
        Name (_PSS, Package () {
            Package () { 3000, 65000, 10, 10, 0x01, 0x01 },
            Package () { 2000, 45000, 10, 10, 0xFF, 0xFF },
            Package () { 1000, 25000, 10, 10, 0x03, 0x03 } })
        Method (_PPC) { Return (0) }
    }
    Scope (\_SB.CPUS.C001)
    {
        Name (_PCT, Package () {
            ResourceTemplate () { Register (SystemIO, 8, 0, 0x0F00) },
            ResourceTemplate () { Register (SystemIO, 8, 0, 0x0F00) } })
        Name (_PSS, Package () {
            Package () { 3000, 65000, 10, 10, 0x01, 0x01 },
            Package () { 2000, 45000, 10, 10, 0xFF, 0xFF },
            Package () { 1000, 25000, 10, 10, 0x03, 0x03 } })
        Method (_PPC) { Return (0) }
    }

    Scope (\_TZ)
    {
        /* In tenths of a kelvin: 40 degrees Celsius, hot at 95, critical at 100. */
        ThermalZone (TZ00)
        {
            Method (_TMP) { Return (3132) }
            Method (_HOT) { Return (3682) }
            Method (_CRT) { Return (3732) }
            Name (_TZP, 0)
        }
    }
}
