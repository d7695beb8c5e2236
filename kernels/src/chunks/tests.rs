use proptest::prelude::*;

use super::super::simd::Portable;
use super::*;

proptest! {
    #![proptest_config(super::super::tests::config())]

    #[test]
    fn samples_come_back_and_edges_read_the_neighbour(len in 1usize..70, channels in 1usize..4) {
        let chunks = Chunks::of::<Portable>(len);
        let natural: Vec<f32> = (0..len * channels).map(|i| i as f32 + 1.0).collect();
        let mut signal = vec![[f32::NAN; 4]; chunks.vectors(channels)];
        let mut moments = vec![Moments::default(); channels];
        chunks.gather(Portable, &natural, &mut signal[chunks.start(0)..], &mut moments);
        let mut back = vec![0.0; natural.len()];
        chunks.scatter(Portable, &signal[chunks.start(0)..], &mut back);
        prop_assert_eq!(&back, &natural);

        for (channel, moments) in moments.iter().enumerate() {
            let samples = &natural[channel * len..(channel + 1) * len];
            let mean = samples.iter().map(|x| f64::from(*x)).sum::<f64>() / len as f64;
            prop_assert!((moments.mean - mean).abs() < 1e-3);
            prop_assert_eq!(moments.count, len as f64);
        }
        // Any row, far outside too, is the shifted signal with zeros around it.
        let rows = chunks.rows.cast_signed();
        for channel in 0..channels {
            for row in -5 * rows - 3..6 * rows + 3 {
                let edge = chunks.edge(Portable, row);
                let at = (chunks.start(channel) * 4).cast_signed() + edge.offset;
                let read = Portable.keep(Portable.load(&Portable::floats(&signal)[at.cast_unsigned()..]), edge.mask);
                for (lane, value) in read.iter().enumerate() {
                    let sample = lane.cast_signed() * rows + row;
                    let inside = sample >= 0 && sample < len.cast_signed();
                    let expected = if inside { natural[channel * len + sample.cast_unsigned()] } else { 0.0 };
                    prop_assert_eq!(*value, expected, "row {} lane {}", row, lane);
                }
            }
        }
    }
}
