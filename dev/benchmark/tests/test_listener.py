import unittest

from benchmark.listener import Listener


class ListenerTest(unittest.TestCase):
    def test_what_comes_in_time_is_heard_without_a_gap(self) -> None:
        listener = Listener()
        for now, seconds in ((10.0, 2.0), (11.9, 5.0), (14.9, 6.0)):
            listener.hear(now, seconds)
        self.assertEqual(listener.first, 10.0)
        self.assertEqual(listener.gaps, [])

    def test_a_gap_moves_all_that_follows(self) -> None:
        listener = Listener()
        listener.hear(0.0, 1.0)
        # Dry from 1 to 3; then there is sound until 5.
        listener.hear(3.0, 3.0)
        listener.hear(4.9, 4.0)
        self.assertEqual(listener.gaps, [2.0])
        # Dry again at 6.
        listener.hear(6.5, 5.0)
        self.assertEqual(listener.gaps, [2.0, 0.5])
        self.assertEqual(listener.silence, 2.5)

    def test_a_hole_that_no_player_lets_through_is_none(self) -> None:
        listener = Listener()
        listener.hear(0.0, 1.0)
        listener.hear(1.015, 2.0)
        self.assertEqual(listener.gaps, [])

    def test_bytes_without_sound_start_nothing(self) -> None:
        listener = Listener()
        listener.hear(1.0, 0.0)
        self.assertIsNone(listener.first)
        listener.hear(2.0, 0.5)
        listener.hear(2.1, 0.5)
        self.assertEqual((listener.first, listener.gaps), (2.0, []))

    def test_who_leaves_in_silence_has_heard_it(self) -> None:
        listener = Listener()
        listener.hear(0.0, 1.0)
        listener.stop(4.0)
        self.assertEqual(listener.gaps, [3.0])


if __name__ == "__main__":
    unittest.main()
