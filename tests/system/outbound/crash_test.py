"""vigil-outbound is killed at random moments while receivers answer late, not at all, or die: what does either of them not have in the
end, and what has it twice without being able to know? `--mutant NAME` runs a deliberately broken program, which must be caught."""

import argparse
import random
import sys
import time

from scene import Scene


def passing(seconds):
    """Time is the subject here: when a kill comes decides what it breaks."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.002)


def run(kills, seed, mutant):
    rnd = random.Random(seed)
    began = time.monotonic()
    scene = Scene(env={"VIGIL_TEST_MUTANT": mutant} if mutant else None)
    try:
        def answer(*_):
            passing(rnd.choice((0, 0.001, 0.01, 0.03)))
            return rnd.choice(("CA", "CA", "CA", "CA", "AA", "AE", "close", "stall"))

        def status(*_):
            passing(rnd.choice((0, 0.001, 0.01, 0.03)))
            return rnd.choice((200, 200, 204, 204, 500, 503))
        scene.manager.answer, scene.hook.answer = answer, status
        # A message may be refused by chance more often than a real one would be; none of these is given up.
        scene.config.write_text(scene.config.read_text().replace('least = "information"\n', 'least = "information"\ntries = 100\n'))
        scene.begin()
        scene.admit(4)
        for n in range(kills):
            scene.round()
            if n % 3 == 0:
                scene.acknowledge()
            if n % 7 == 3:
                scene.restart_vigild()
            if n % 5 == 2:
                scene.manager.die()
            passing(rnd.uniform(0, 0.25))
            scene.kill()
            if n % 5 == 2:
                scene.manager.begin()
            scene.start()
        scene.manager.answer, scene.hook.answer = (lambda *_: "CA"), (lambda *_: 200)
        problems = scene.settled(15 if mutant else 60) + scene.hook.wrong
        heard = {name: (len(r.heard), len(set(k for k, _ in r.heard)), len(r.taken)) for name, r in (("manager", scene.manager), ("hook", scene.hook))}
        print(f"seed={seed} kills={kills} mutant={mutant or 'none'} {time.monotonic() - began:.1f}s (heard, keys, taken)={heard} "
              f"problems={len(problems)}")
        for problem in problems[:5]:
            print("  ", problem)
        return not problems
    finally:
        scene.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    parser.add_argument("--mutant", default="")
    parser.add_argument("--expect-caught", action="store_true")
    arguments = parser.parse_args()
    sys.exit(run(arguments.kills, arguments.seed, arguments.mutant) == arguments.expect_caught)
