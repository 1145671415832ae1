package io.tsdb.cluster.node.command;

import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/// SIGHUP, which ends a JVM that does not listen for it: from [#listen] on it reads the settings
/// again. One that comes before there is something to do so (a start takes minutes after a crash)
/// is remembered; several are one. Any thread.
final class HangUp {
    private @Nullable Runnable reload;
    private boolean isRemembered;

    private HangUp() {}

    /// Listens from now on, unless SIGHUP is ignored by this process, as under `nohup`.
    static HangUp listen() {
        var hangUp = new HangUp();
        Signals.register("HUP", hangUp::come);
        return hangUp;
    }

    private void come() {
        Runnable now;
        synchronized (this) {
            now = reload;
            isRemembered = now == null;
        }
        if (now != null) {
            now.run();
        }
    }

    /// The settings can be read again: by a thread of its own now, if that was asked for before.
    synchronized void does(Runnable readAgain) {
        reload = readAgain;
        if (isRemembered) {
            Thread.ofPlatform().daemon().name("SIGHUP").start(readAgain);
        }
    }
}
