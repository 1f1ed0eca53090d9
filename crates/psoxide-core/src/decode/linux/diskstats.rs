//! `/proc/diskstats` and the `stat` file of each device below `/sys/block`: what each disk and each part of one
//! transferred. Which of them are whole devices is not told here; the backend looks that up.
//!
//! The kernel's [iostats] page has the layouts. The kinds of line are told apart by their number of fields:
//!
//! | fields | kernel | layout |
//! |---|---|---|
//! | 7 | 2.6 to 2.6.24, a partition | major, minor, name, reads, sectors read, writes, sectors written |
//! | 14 | 2.6 to 4.17 | major, minor, name, eleven counters |
//! | 15 | 2.4 | major, minor, size in blocks, name, eleven counters |
//! | 18 | 4.18 | the 14, then four for discards |
//! | 20 and more | 5.5 | the 18, then two for flushes |
//!
//! [iostats]: https://docs.kernel.org/admin-guide/iostats.html

use crate::decode::bytes::{decimal, lines, words};
use crate::error::DecodeError;
use crate::model::disk::DiskIo;
use crate::text::Text;

/// A sector in these files is 512 bytes, whatever the device's own sectors are.
const SECTOR: u64 = 512;

/// Fields that are looked at: 2.4's layout is the longest.
const FIELDS: usize = 15;

/// The counters of each device, in the order of the file.
///
/// A line that is not understood is an error for the whole: leaving a disk out would make every sum over disks a
/// wrong number.
pub fn diskstats(bytes: &[u8]) -> Result<Vec<(Text, DiskIo)>, DecodeError> {
    let mut devices = Vec::new();
    let mut offset = 0;
    for line in lines(bytes) {
        if !line.iter().all(u8::is_ascii_whitespace) {
            let unknown = DecodeError::new("diskstats", offset, "a line of 7, 14, 15, 18 or 20 fields");
            devices.push(device(line).ok_or(unknown)?);
        }
        offset += line.len() + 1;
    }
    Ok(devices)
}

/// The counters of one device, from its `stat` file: the eleven counters of `diskstats`, of which ten are needed.
pub fn block_stat(bytes: &[u8]) -> Result<DiskIo, DecodeError> {
    let mut fields: [&[u8]; 10] = [&[]; 10];
    for (field, word) in fields.iter_mut().zip(words(bytes)) {
        *field = word;
    }
    of_disk(&fields).ok_or(DecodeError::new("block stat", 0, "at least ten numbers"))
}

fn device(line: &[u8]) -> Option<(Text, DiskIo)> {
    let mut fields: [&[u8]; FIELDS] = [&[]; FIELDS];
    let mut count = 0;
    for word in words(line) {
        if let Some(field) = fields.get_mut(count) {
            *field = word;
        }
        count += 1;
    }
    let [_, _, third, fourth, ..] = fields;
    match count {
        7 => {
            let number = |index: usize| fields.get(index).copied().and_then(decimal);
            let io = DiskIo {
                read_count: number(3)?,
                write_count: number(5)?,
                read_bytes: number(4)?.saturating_mul(SECTOR),
                write_bytes: number(6)?.saturating_mul(SECTOR),
                read_time: None,
                write_time: None,
                read_merged_count: None,
                write_merged_count: None,
                busy_time: None,
            };
            Some((Text::from(third), io))
        }
        15 => Some((Text::from(fourth), of_disk(fields.get(4..)?)?)),
        14 | 18.. => Some((Text::from(third), of_disk(fields.get(3..)?)?)),
        _ => None,
    }
}

/// The ninth number, of transfers in flight, is no counter and is not looked at: some kernels wrote it as -1.
fn of_disk(counters: &[&[u8]]) -> Option<DiskIo> {
    let number = |index: usize| counters.get(index).copied().and_then(decimal);
    Some(DiskIo {
        read_count: number(0)?,
        write_count: number(4)?,
        read_bytes: number(2)?.saturating_mul(SECTOR),
        write_bytes: number(6)?.saturating_mul(SECTOR),
        read_time: Some(number(3)?),
        write_time: Some(number(7)?),
        read_merged_count: Some(number(1)?),
        write_merged_count: Some(number(5)?),
        busy_time: Some(number(9)?),
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]

    use super::*;

    fn numbered() -> DiskIo {
        DiskIo {
            read_count: 1,
            read_merged_count: Some(2),
            read_bytes: 3 * 512,
            read_time: Some(4),
            write_count: 5,
            write_merged_count: Some(6),
            write_bytes: 7 * 512,
            write_time: Some(8),
            busy_time: Some(10),
        }
    }

    #[test]
    fn every_layout_is_told_by_its_number_of_fields() {
        for line in [
            &b"3 0 hda 1 2 3 4 5 6 7 8 9 10 11"[..],
            b"3 0 39082680 hda 1 2 3 4 5 6 7 8 9 10 11",
            b"   8       0 hda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
            b"   8       0 hda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n",
            b"   8       0 hda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20\n",
        ] {
            assert_eq!(diskstats(line), Ok(vec![(Text::from("hda"), numbered())]));
        }
    }

    #[test]
    fn the_old_partition_line_tells_four_counters() {
        let (name, io) = diskstats(b"3 1 hda1 35486 38030 38030 38030\n")
            .unwrap()
            .remove(0);
        assert_eq!(name, "hda1");
        assert_eq!((io.read_count, io.read_bytes), (35_486, 38_030 * 512));
        assert_eq!((io.write_count, io.write_bytes), (38_030, 38_030 * 512));
        assert_eq!(
            (io.read_time, io.busy_time, io.read_merged_count),
            (None, None, None)
        );
    }

    #[test]
    fn a_line_that_is_not_understood_is_named() {
        let good = b"   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n".to_vec();
        for bad in [
            &b"8 1 sda1 1"[..],
            b"8 1 sda1 1 2 3 4 5 6 7 8 9 10 11 12 13",
            b"8 1 sda1 1 2 x 4",
        ] {
            let error = diskstats(&[&good, bad].concat()).unwrap_err();
            assert_eq!(error.offset(), good.len());
        }
        assert!(diskstats(b"8 0 sda 1 2 3 4 5 6 7 8 9 -10 11").is_err());
        assert_eq!(
            diskstats(b"3 0 hda 1 2 3 4 5 6 7 8 -1 10 11").unwrap()[0].1,
            numbered()
        );
        assert_eq!(diskstats(b""), Ok(vec![]));
    }

    #[test]
    fn a_current_kernel() {
        let devices = diskstats(include_bytes!(
            "../../../../../testdata/linux/disk-6.18/proc/diskstats"
        ))
        .unwrap();
        assert_eq!(devices.len(), 10);
        let (name, io) = &devices[8];
        assert_eq!(*name, "vda");
        assert_eq!((io.read_count, io.read_bytes), (14_179, 6_576_610 * 512));
        assert_eq!((io.write_count, io.write_bytes), (5_178, 1_379_064 * 512));
        assert_eq!(
            (io.read_time, io.write_time, io.busy_time),
            (Some(15_685), Some(2_605), Some(5_360))
        );
    }

    #[test]
    fn a_kernel_3_10() {
        let devices = diskstats(include_bytes!(
            "../../../../../testdata/linux/disk-3.10/proc/diskstats"
        ))
        .unwrap();
        let names: Vec<String> = devices.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(
            names,
            ["sda", "sda1", "sda2", "cciss/c0d0", "cciss/c0d0p1", "dm-0", "sr0"]
        );
        assert_eq!(devices[3].1.write_bytes, 884_200 * 512);
    }

    #[test]
    fn a_kernel_2_6_before_partitions_had_all_counters() {
        let devices = diskstats(include_bytes!(
            "../../../../../testdata/linux/disk-2.6/proc/diskstats"
        ))
        .unwrap();
        assert_eq!(devices[0].0, "hda");
        assert_eq!(devices[0].1.busy_time, Some(3_376_340));
        assert_eq!(devices[1].0, "hda1");
        assert_eq!(devices[1].1.busy_time, None);
    }

    #[test]
    fn the_stat_file_of_a_device() {
        assert_eq!(
            block_stat(b"       1        2 3 4 5 6 7 8 9 10 11 12\n"),
            Ok(numbered())
        );
        assert_eq!(block_stat(b"1 2 3 4 5 6 7 8 9 10"), Ok(numbered()));
        assert!(block_stat(b"1 2 3 4 5 6 7 8 9").is_err());
        assert!(block_stat(b"").is_err());
    }
}
