package io.tsdb.cluster.node.shell;

import io.tsdb.cluster.node.client.SqlAnswer;
import io.tsdb.cluster.node.client.SqlClient;
import io.tsdb.cluster.node.client.SqlRefusedException;
import io.tsdb.storage.model.Ticker;

import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/// Runs statements and prints their answers.
public final class SqlShell implements AutoCloseable {
    private static final String HELP =
            """
            Statements end with ';'. Also:
              \\db NAME           use another database
              \\format table|csv  how answers look
              \\timing            show or hide times
              \\q                 leave (as Ctrl-D, exit, quit)
            """;

    private final SqlClient client;
    private final PrintStream out;
    private final PrintStream err;
    private final Ticker ticker;
    private final AnswerPrinter printer;
    private final NameCompleter completer;
    private String database;

    /// @param client closed with this
    /// @param format table or csv
    /// @throws IllegalArgumentException for another format
    public SqlShell(
            SqlClient client,
            String database,
            String format,
            boolean timing,
            boolean header,
            PrintStream out,
            PrintStream err,
            Ticker ticker) {
        this.client = client;
        this.database = database;
        this.out = out;
        this.err = err;
        this.ticker = ticker;
        this.printer = new AnswerPrinter(out, format(format), timing, header);
        this.completer = new NameCompleter(client, database);
    }

    private static AnswerPrinter.Format format(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "table" -> AnswerPrinter.Format.TABLE;
            case "csv" -> AnswerPrinter.Format.CSV;
            default ->
                    throw new IllegalArgumentException(
                            "format '" + name + "' is not known; use table or csv");
        };
    }

    /// Runs the statements of a script, up to the first that fails.
    ///
    /// @return whether all of them ran
    public boolean script(String text) throws InterruptedException {
        for (String statement : Statements.split(text)) {
            if (!run(statement)) {
                return false;
            }
        }
        return true;
    }

    private boolean run(String statement) throws InterruptedException {
        long began = ticker.nanos();
        try {
            if (printer.isCsv()) {
                try (OutputStream target = printer.csv()) {
                    client.csv(database, statement, target);
                }
                printer.printTime(ticker.nanos() - began);
            } else {
                SqlAnswer answer = client.queryLong(database, statement);
                printer.print(answer, ticker.nanos() - began);
            }
            return true;
        } catch (SqlRefusedException e) {
            err.println(ErrorCaret.show(statement, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            err.println("error: " + e.getMessage());
        }
        err.flush();
        return false;
    }

    /// Reads statements from the terminal until its user leaves.
    ///
    /// @param history file that keeps what was typed
    public void interact(Path history) throws IOException, InterruptedException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            LineReader reader =
                    LineReaderBuilder.builder()
                            .terminal(terminal)
                            .completer(completer)
                            .variable(LineReader.HISTORY_FILE, history)
                            .option(LineReader.Option.CASE_INSENSITIVE, true)
                            // '!=' calls no line of the history, '\\' escapes nothing
                            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                            .parser(new DefaultParser().escapeChars(null).quoteChars(null))
                            // statements are remembered whole, not line by line
                            .variable(LineReader.DISABLE_HISTORY, true)
                            .build();
            out.println("tsdb SQL shell; \\help says more, \\q leaves");
            var pending = new StringBuilder();
            while (true) {
                try {
                    String line = reader.readLine(pending.isEmpty() ? database + "> " : "  ... ");
                    if (pending.isEmpty() && isCommand(line.strip())) {
                        remember(reader, line.strip());
                        if (!command(line.strip())) {
                            return;
                        }
                        continue;
                    }
                    pending.append(line).append('\n');
                    if (pending.toString().isBlank()) {
                        pending.setLength(0);
                    } else if (Statements.isComplete(pending.toString())) {
                        remember(reader, pending.toString().strip());
                        script(pending.toString());
                        pending.setLength(0);
                    }
                } catch (UserInterruptException e) {
                    pending.setLength(0);
                } catch (EndOfFileException e) {
                    return;
                }
            }
        }
    }

    private static void remember(LineReader reader, String text) {
        reader.setVariable(LineReader.DISABLE_HISTORY, false);
        reader.getHistory().add(text);
        reader.setVariable(LineReader.DISABLE_HISTORY, true);
    }

    /// Whether a line is for the shell itself: these words alone begin no statement.
    private static boolean isCommand(String line) {
        return line.startsWith("\\") || line.matches("(?i)(quit|exit|help|\\?);?");
    }

    /// @return false to leave
    private boolean command(String line) {
        String[] words = line.split("\\s+", 2);
        String argument = words.length > 1 ? words[1].strip() : "";
        switch (words[0].toLowerCase(Locale.ROOT)) {
            case "\\q", "\\quit", "\\exit", "quit", "quit;", "exit", "exit;" -> {
                return false;
            }
            case "\\db" -> {
                database = argument.isEmpty() ? database : argument;
                completer.use(database);
                out.println("database " + database);
            }
            case "\\timing" -> out.println("timing " + (printer.toggleTiming() ? "on" : "off"));
            case "\\format" -> {
                try {
                    printer.format(format(argument));
                } catch (IllegalArgumentException e) {
                    err.println("error: " + e.getMessage());
                }
            }
            default -> out.print(HELP);
        }
        return true;
    }

    @Override
    public void close() {
        client.close();
    }
}
