import struct
import unittest

from benchmark.audio import Malformed, Mp3, Wav, frame

# MPEG-2 layer III, 24 kHz, mono: 64 and 160 kbit/s.
FRAME_64 = b"\xff\xf3\x84\xc4" + bytes(188)
FRAME_160 = b"\xff\xf3\xe4\xc4" + bytes(476)


def wav(data: bytes, declared: int, extra: bytes = b"") -> bytes:
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 24000, 48000, 2, 16)
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + form + extra + b"data" + struct.pack("<I", declared) + data


class WavTest(unittest.TestCase):
    def test_the_head_is_no_sound_however_it_is_cut(self) -> None:
        for extra in (b"", b"LIST" + struct.pack("<I", 5) + b"abcde\0"):
            whole = wav(bytes(48000), 0xFFFFFFFF, extra)
            for size in (1, 7, 43, 44, 45, 4096):
                meter = Wav()
                told = [meter.feed(whole[at : at + size]) for at in range(0, len(whole), size)]
                self.assertEqual(told[-1], 1.0)
                self.assertEqual(meter.close(), 1.0)
                self.assertEqual(Wav().feed(whole[: 44 + len(extra)]), 0.0)

    def test_missing_sound_is_told(self) -> None:
        meter = Wav()
        meter.feed(wav(bytes(1000), 2000))
        with self.assertRaisesRegex(Malformed, "2000 bytes"):
            meter.close()

    def test_what_is_no_wav_is_told(self) -> None:
        with self.assertRaises(Malformed):
            Wav().feed(b'{"error": "none of this is sound"}')
        with self.assertRaises(Malformed):
            Wav().close()


class Mp3Test(unittest.TestCase):
    def test_frames_have_their_lengths(self) -> None:
        # Known from the standard: 128 kbit/s at 44.1 kHz is 417 bytes, 418 with padding.
        self.assertEqual(frame(b"\xff\xfb\x90\x00"), (417, 1152 / 44100))
        self.assertEqual(frame(b"\xff\xfb\x92\x00"), (418, 1152 / 44100))
        self.assertEqual(frame(FRAME_64[:4]), (len(FRAME_64), 0.024))
        self.assertEqual(frame(FRAME_160[:4]), (len(FRAME_160), 0.024))

    def test_whole_frames_count_however_they_are_cut(self) -> None:
        tag = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)
        info = FRAME_64[:13] + b"Info" + FRAME_64[17:]
        whole = tag + info + FRAME_64 * 5 + FRAME_160 * 5
        for size in (1, 10, 191, 192, 193, 5000):
            meter = Mp3()
            for at in range(0, len(whole), size):
                meter.feed(whole[at : at + size])
            self.assertAlmostEqual(meter.close(), 0.24)

    def test_a_frame_is_no_sound_before_it_is_whole(self) -> None:
        meter = Mp3()
        self.assertEqual(meter.feed(FRAME_64[:-1]), 0.0)
        self.assertEqual(meter.feed(FRAME_64[-1:]), 0.024)

    def test_a_cut_off_frame_and_rubbish_are_told(self) -> None:
        meter = Mp3()
        meter.feed(FRAME_64 + FRAME_64[:100])
        with self.assertRaisesRegex(Malformed, "cut off"):
            meter.close()
        for rubbish in (b"<html><body>", b"\xff\xff\xff\xff" * 4, b"\xff\xf3\xf4\xc4" * 4):
            with self.assertRaises(Malformed):
                Mp3().feed(rubbish)


if __name__ == "__main__":
    unittest.main()
