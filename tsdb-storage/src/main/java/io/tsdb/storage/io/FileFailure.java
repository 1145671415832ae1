package io.tsdb.storage.io;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// A file operation that failed: what was tried, with which file, and what the machine said.
/// `Input/output error` alone, which is what it says of an open file, helps nobody.
public final class FileFailure extends IOException {
    private static final long serialVersionUID = 1;

    /// @param act such as `cannot sync`
    /// @param path of the file or directory
    private FileFailure(String act, Path path, String reason, IOException cause) {
        super(act + " " + path + ": " + reason, cause);
    }

    /// What is thrown for a failure. A missing file, and a channel that was closed meanwhile, stay
    /// the exceptions that they are: callers tell them apart.
    public static IOException of(String act, Path path, IOException cause) {
        return switch (cause) {
            case FileFailure told -> told;
            case NoSuchFileException missing -> missing(act, path, missing);
            case ClosedByInterruptException interrupted -> interrupted;
            case ClosedChannelException closed -> closed;
            default -> new FileFailure(act, path, reason(cause), cause);
        };
    }

    private static NoSuchFileException missing(String act, Path path, NoSuchFileException cause) {
        var named = new NoSuchFileException(path.toString(), null, act + ": no such file");
        named.initCause(cause);
        return named;
    }

    /// What the machine said, for people, without the path. The exceptions of `java.nio.file` put
    /// it before the reason, or say no reason at all.
    public static String reason(IOException cause) {
        String said =
                switch (cause) {
                    case FileSystemException refused -> refused.getReason();
                    case CharacterCodingException _ -> "it is no UTF-8";
                    default -> cause.getMessage();
                };
        if (said != null && !said.isBlank()) {
            return said;
        }
        return switch (cause) {
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "it exists already";
            case NoSuchFileException _ -> "no such file";
            case NotDirectoryException _ -> "it is no directory";
            default -> cause.getClass().getSimpleName();
        };
    }

    /// Whether what failed lacks room on its disk.
    public static boolean isForRoom(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        return text.contains("No space left on device") || text.contains("Disk quota exceeded");
    }

    /// What to tell people of a failure: an exception of `java.nio.file` may say no more than a
    /// path.
    public static String text(Exception failure) {
        return failure instanceof FileSystemException refused && refused.getReason() == null
                ? refused.getFile() + ": " + reason(refused)
                : String.valueOf(failure.getMessage());
    }
}
