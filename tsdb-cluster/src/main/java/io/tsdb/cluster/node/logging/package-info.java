/// The log of a node: its form ([LogOutput]: text or JSON), what it holds back ([RepeatFilter]:
/// repeats of one message; [StackText]: stacks of what the machine refused), and two sorts of
/// messages that others do not write: slow statements and administrative acts ([StatementLog],
/// [AuditLog]; [CommandAudit] has those of commands that work on files).
///
/// In: every log event, by logback (`logback.xml` names the filter); statements that have ended.
/// Out: lines on standard error, described in `docs/logs.md`. Any thread. Who ends the process
/// calls [RepeatFilter#reportAll] first.
@NullMarked
package io.tsdb.cluster.node.logging;

import org.jspecify.annotations.NullMarked;
