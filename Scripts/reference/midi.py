"""A piece as standard MIDI files, written by mido.

Writes Tests/Fixtures/music/single.mid (format 0) and parallel.mid (format 1). The piece has six steps, two to a quarter
note: 60 and 64; 60 and 67; nothing; 60; 60; nothing. The tempo is 100 quarter notes a minute, the instrument 19, and each
note is struck with 77. A note that goes on is not struck again; a note ends by being struck with 0, before others start.
"""

import pathlib

import mido

TICKS = 480
STEP = 240


def notes():
    def note(number, velocity, time):
        return mido.Message("note_on", note=number, velocity=velocity, time=time)

    return [
        mido.Message("program_change", program=19, time=0),
        note(60, 77, 0),
        note(64, 77, 0),
        note(64, 0, STEP),
        note(67, 77, 0),
        note(60, 0, STEP),
        note(67, 0, 0),
        note(60, 77, STEP),
        note(60, 0, 2 * STEP),
        mido.MetaMessage("end_of_track", time=STEP),
    ]


def main():
    folder = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/music"
    folder.mkdir(parents=True, exist_ok=True)
    tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(100), time=0)

    single = mido.MidiFile(type=0, ticks_per_beat=TICKS)
    single.tracks.append(mido.MidiTrack([tempo] + notes()))
    single.save(folder / "single.mid")

    parallel = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    parallel.tracks.append(mido.MidiTrack([tempo, mido.MetaMessage("end_of_track", time=0)]))
    parallel.tracks.append(mido.MidiTrack(notes()))
    parallel.save(folder / "parallel.mid")


if __name__ == "__main__":
    main()
