package io.tsdb.cluster.node.command;

import io.tsdb.storage.io.FileFailure;

/// A subcommand cannot do what it was asked for; the message is for the person who asked. Exit
/// status 1.
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommandFailure(String message) {
        super(message);
    }

    /// Says what the exception says, and why when that is a path alone.
    static CommandFailure of(Exception cause) {
        return new CommandFailure(FileFailure.text(cause));
    }
}
