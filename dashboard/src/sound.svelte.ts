// Tones for new alerts. Off until somebody asks for it and again after every reload: what may not be heard must not be
// relied on. `blocked` says that the browser plays nothing.
import { announces, isTechnical } from "./alerts.ts";
import { Priority, type Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";

export type Sound = "off" | "on" | "blocked";

const pulses: Partial<Record<Priority, number>> = { [Priority.HIGH]: 5, [Priority.MEDIUM]: 3, [Priority.LOW]: 1 };

class Speaker {
  state = $state<Sound>("off");
  played = $state(0);
  private context: AudioContext | undefined;

  async toggle(): Promise<void> {
    if (this.state !== "off") {
      await this.context?.close();
      this.context = undefined;
      this.state = "off";
      return;
    }
    const context = new AudioContext();
    this.context = context;
    const look = () => {
      if (this.context === context) this.state = context.state === "running" ? "on" : "blocked";
    };
    context.onstatechange = look;
    look();
    await context.resume();
    look();
  }

  announce(alert: Alert): void {
    const count = pulses[alert.priority];
    if (count === undefined || isTechnical(alert) || !announces(alert)) return;
    this.play(count, alert.priority === Priority.HIGH ? 0.2 : 0.35);
  }

  private play(count: number, pause: number): void {
    if (this.context === undefined || this.state !== "on") return;
    for (let pulse = 0; pulse < count; pulse++) {
      const at = this.context.currentTime + pulse * pause;
      const tone = this.context.createOscillator();
      const volume = this.context.createGain();
      tone.frequency.value = 660;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.4, at + 0.02);
      volume.gain.linearRampToValueAtTime(0, at + 0.15);
      tone.connect(volume).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + 0.16);
    }
    this.played++;
  }
}

export const speaker = new Speaker();
