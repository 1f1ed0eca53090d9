//! `/proc/net/dev`: what each network interface transferred.

use crate::decode::bytes::{decimal, lines, rsplit_once, words};
use crate::error::DecodeError;
use crate::model::net::NetIo;
use crate::text::Text;

/// The counters of each interface, in the order of the file.
///
/// The name is all that stands before the last colon, since the aliases of older kernels (`eth0:1`) contain colons;
/// the first number may follow the colon without a blank.
pub fn net_dev(bytes: &[u8]) -> Result<Vec<(Text, NetIo)>, DecodeError> {
    let mut interfaces = Vec::new();
    let mut offset = 0;
    for (index, line) in lines(bytes).enumerate() {
        // Two lines of headings; the kernel writes them even where there is no interface.
        if index >= 2 && !line.iter().all(u8::is_ascii_whitespace) {
            let cut = DecodeError::new("net/dev", offset, "a name, a colon and sixteen numbers");
            interfaces.push(interface(line).ok_or(cut)?);
        }
        offset += line.len() + 1;
    }
    Ok(interfaces)
}

fn interface(line: &[u8]) -> Option<(Text, NetIo)> {
    let (name, columns) = rsplit_once(line, b':')?;
    let mut numbers = [0; 16];
    let mut found = words(columns);
    for number in &mut numbers {
        *number = decimal(found.next()?)?;
    }
    let [
        bytes_recv,
        packets_recv,
        errin,
        dropin,
        _,
        _,
        _,
        _,
        bytes_sent,
        packets_sent,
        errout,
        dropout,
        ..,
    ] = numbers;
    let io = NetIo {
        bytes_sent,
        bytes_recv,
        packets_sent,
        packets_recv,
        errin,
        errout,
        dropin: Some(dropin),
        dropout: Some(dropout),
    };
    Some((Text::from(name.trim_ascii()), io))
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

    #[test]
    fn a_current_kernel() {
        let interfaces = net_dev(include_bytes!(
            "../../../../../testdata/linux/net-6.18/proc/net/dev"
        ))
        .unwrap();
        let names: Vec<String> = interfaces.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["lo", "ifb0", "ifb1", "eth0"]);
        let io = &interfaces[3].1;
        assert_eq!((io.bytes_recv, io.packets_recv), (179_265_907, 4_361));
        assert_eq!((io.bytes_sent, io.packets_sent), (252_514, 2_686));
    }

    #[test]
    fn linux_3_10() {
        let interfaces = net_dev(include_bytes!(
            "../../../../../testdata/linux/net-3.10/proc/net/dev"
        ))
        .unwrap();
        let names: Vec<String> = interfaces.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["eth0", "lo"]);
        let io = &interfaces[0].1;
        assert_eq!((io.bytes_recv, io.packets_recv), (1_839_462_911, 1_642_378));
        assert_eq!((io.dropin, io.bytes_sent), (Some(12), 92_817_264));
    }

    #[test]
    fn an_old_kernel_with_aliases_and_no_blank() {
        let interfaces = net_dev(include_bytes!(
            "../../../../../testdata/linux/net-2.6/proc/net/dev"
        ))
        .unwrap();
        let names: Vec<String> = interfaces.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["lo", "eth0", "eth0:1", "br-lan.1"]);
        let io = &interfaces[1].1;
        assert_eq!((io.bytes_recv, io.errin, io.dropin), (1_528_263_410, 3, Some(7)));
        assert_eq!(
            (io.bytes_sent, io.errout, io.dropout),
            (2_804_134_553, 5, Some(9))
        );
    }

    #[test]
    fn a_cut_line_is_an_error_and_no_interface_is_none() {
        assert_eq!(net_dev(b"Inter-|\n face |\n"), Ok(vec![]));
        assert_eq!(net_dev(b""), Ok(vec![]));
        assert_eq!(net_dev(b"a\nb\n  lo: 1 2 3\n").unwrap_err().offset(), 4);
        assert!(net_dev(b"a\nb\nlo 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n").is_err());
    }
}
