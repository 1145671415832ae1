// The SQL dialect of tsdb; described for users in docs/sql.md.
// Keywords are case-blind, names are exact. Names, types and functions are resolved after parsing.
grammar Sql;

options { caseInsensitive = true; }

singleStatement : statement ';'? EOF ;

statement
    : query                                                         # selectStatement
    | EXPLAIN ANALYZE? query                                        # explainStatement
    | SHOW shown                                                    # showStatement
    | (DESCRIBE | DESC) measurement                                 # describe
    | CREATE DATABASE (IF NOT EXISTS)? name ((WITH | SET)? RETENTION kept)? # createDatabase
    | ALTER altered                                                 # alterStatement
    | DROP dropped                                                  # dropStatement
    | DELETE FROM measurement (WHERE where=condition)?              # deleteRows
    | BACKUP TO target=STRING (SINCE since=STRING)?                 # backup
    | EXPORT measurement TO target=STRING (FROM from=STRING)? (UNTIL to=STRING)? # exportRows
    | TRUNCATE measurement                                          # truncate
    | INSERT_INTO measurement insertColumns? query                  # insertRows
    | CANCEL QUERY id=INTEGER                                       # cancelQuery
    ;

insertColumns : '(' insertColumn (',' insertColumn)* ')' ;

insertColumn : name kind=(TAG | FIELD)? ;

altered
    : DATABASE name SET RETENTION kept                              # alterDatabase
    | MEASUREMENT measurement SET RETENTION kept                    # alterMeasurement
    ;

// NONE keeps for ever; DEFAULT, of a measurement, as its database does.
kept : DURATION | STRING | INTEGER | NONE | DEFAULT | INTERVAL STRING ;

// Rules of their own, so that each word is decided on alone and an error names what may stand there.
shown
    : DATABASES                                                     # showDatabases
    | MEASUREMENTS                                                  # showMeasurements
    | COLUMNS (FROM measurement)?                                   # showColumns
    | TAG shownTags                                                 # showTags
    | FIELD KEYS (FROM measurement)?                                # showFieldKeys
    | SERIES (FROM measurement)?                                    # showSeries
    | RETENTION                                                     # showRetention
    | CARDINALITY (FROM measurement)? valuesOfKey?                  # showCardinality
    | QUERIES                                                       # showQueries
    ;

dropped
    : DATABASE (IF EXISTS)? name                                    # dropDatabase
    | MEASUREMENT (IF EXISTS)? measurement                          # dropMeasurement
    ;

valuesOfKey : WITH KEY EQ name (LIMIT first=INTEGER)? ;

shownTags
    : KEYS (FROM measurement)?                                      # showTagKeys
    | VALUES (FROM measurement)? WITH KEY EQ name                   # showTagValues
    ;

query : withClause? queryBody queryTail ;

withClause : WITH commonTable (',' commonTable)* ;

commonTable : name columnNames? AS '(' query ')' ;

columnNames : '(' name (',' name)* ')' ;

queryTail
    : (ORDER BY orderItem (',' orderItem)*)?
      (LIMIT (ALL | first=valueExpression limitBy?))?
      (OFFSET offset=valueExpression)?
    ;

// The first rows of each combination of values, as ClickHouse has it.
limitBy : BY condition (',' condition)* (LIMIT (ALL | limit=valueExpression))? ;

queryBody : queryTerm (unionOrExcept queryTerm)* ;

unionOrExcept : operator=(UNION | EXCEPT) (ALL | DISTINCT)? ;

queryTerm : queryPrimary (intersect queryPrimary)* ;

intersect : INTERSECT (ALL | DISTINCT)? ;

queryPrimary
    : select                                                        # selectBody
    | VALUES valuesRow (',' valuesRow)*                             # valuesBody
    | '(' query ')'                                                 # nestedBody
    ;

// A query inside an expression begins with a word: a parenthesis there opens an expression.
plainQuery : withClause? plainBody queryTail ;

plainBody : plainTerm (unionOrExcept queryTerm)* ;

plainTerm : select (intersect queryPrimary)* ;

valuesRow : '(' condition (',' condition)* ')' ;

select
    : SELECT (distinctOn | DISTINCT | ALL)? selectItem (',' selectItem)*
      (FROM fromClause)?
      latestBy?
      (WHERE where=condition)?
      latestBy?
      (sampleBy | GROUP BY grouping+=condition (',' grouping+=condition)*)?
      fill?
      (HAVING having=condition)?
      fill?
      (WINDOW namedWindow (',' namedWindow)*)?
      (QUALIFY qualify=condition)?
    ;

distinctOn : DISTINCT ON '(' condition (',' condition)* ')' ;

// Widths as QuestDB has them, 1M and 100T, are no durations elsewhere.
sampleBy
    : SAMPLE BY (width=valueExpression | foreignWidth=WRONG_NUMBER)
      (FROM from=valueExpression)? (TO to=valueExpression)?
      fill?
      (ALIGN TO alignment)?
    ;

alignment
    : CALENDAR (TIME_ZONE zone=valueExpression)? (WITH OFFSET offset=valueExpression)? # calendarAlignment
    | FIRST name                                                    # firstRowAlignment
    ;

fill : FILL '(' valueExpression (',' valueExpression)* ')' ;

// A comma joins every row with every row, as CROSS JOIN does, and binds less than JOIN.
fromClause : joined (',' joined)* ;

joined : relation join* ;

join
    : CROSS JOIN relation                                           # crossJoin
    | joinKind? JOIN relation joinOn                                # conditionJoin
    | (ASOF | LT_JOIN) (INNER | LEFT OUTER?)? JOIN relation joinOn?
      (TOLERANCE tolerance=valueExpression)?                        # asofJoin
    | WINDOW JOIN relation joinOn?
      RANGE BETWEEN start=windowEdge AND end=windowEdge
      (prevailing=(INCLUDE | EXCLUDE) PREVAILING)?                  # windowJoin
    ;

// QuestDB writes a number and a unit, which are two words.
windowEdge
    : CURRENT ROW
    | (distance=valueExpression | number=INTEGER unit=name) (PRECEDING | FOLLOWING)
    ;

joinKind : INNER | (LEFT | RIGHT | FULL) OUTER? ;

// Names alone are columns of both sides, as QuestDB has them behind ON.
joinOn
    : USING '(' name (',' name)* ')'                                # joinUsing
    | ON '(' name (',' name)* ')'                                   # joinUsing
    | ON condition                                                  # joinCondition
    ;

relation
    : measurement relationAlias?                                    # tableRelation
    | schema=name '.' table=name relationAlias?                     # catalogRelation
    | '(' query ')' (relationAlias columnNames?)?                   # subQueryRelation
    ;

// Without AS a plain word or a quoted one: keywords go on with the statement.
relationAlias : AS name | IDENTIFIER | QUOTED ;

// As QuestDB writes it too.
latestBy : LATEST (BY | ON time=name PARTITION BY) tag+=name (',' tag+=name)* ;

measurement : name ;

selectItem
    : '*' exclude?                                                  # allColumns
    | qualifier=name '.' '*' exclude?                               # allColumnsOf
    | COLUMNS '(' pattern=STRING ')'                                # matchingColumns
    | condition (AS? alias=name)?                                   # expressionItem
    ;

exclude : EXCLUDE (name | '(' name (',' name)* ')') ;

orderItem : condition direction=(ASC | DESC)? (NULLS nulls=(FIRST | LAST))? ;

condition
    : valueExpression predicate?                              # predicated
    | NOT condition                                                 # negation
    | condition AND condition                                       # conjunction
    | condition OR condition                                        # disjunction
    ;

predicate
    : operator=(EQ | NE | LT | LE | GT | GE) right=valueExpression          # comparison
    | operator=(MATCH | NOT_MATCH | MATCH_ANY_CASE | NOT_MATCH_ANY_CASE) right=valueExpression # regexMatch
    | NOT? BETWEEN lower=valueExpression AND upper=valueExpression  # between
    | NOT? IN '(' inSource? ')'                                     # in
    | NOT? IN STRING                                                # inPeriod
    | NOT? operator=(LIKE | ILIKE) pattern=valueExpression (ESCAPE escape=valueExpression)? # like
    | IS NOT? NULL                                                  # nullTest
    | IS NOT? truth=(TRUE | FALSE)                                  # truthTest
    | IS NOT? DISTINCT FROM right=valueExpression                   # distinctTest
    ;

inSource
    : plainQuery                                                    # inQuery
    | valueExpression (',' valueExpression)*                        # inList
    ;

valueExpression
    : primary                                                       # primaryValue
    | valueExpression '::' typeName                                 # castSuffix
    | valueExpression AT TIME_ZONE zone=primary                     # timeZoneSuffix
    | operator=(MINUS | PLUS) valueExpression                       # sign
    | left=valueExpression operator=(STAR | SLASH | INT_DIV | PERCENT) right=valueExpression # binaryValue
    | left=valueExpression operator=(PLUS | MINUS) right=valueExpression                     # binaryValue
    // as in PostgreSQL all other operators bind alike, also the one that stands before its operand
    | operator=MATCH valueExpression                                # otherBits
    | left=valueExpression operator=(CONCAT | AND_BITS | OR_BITS | XOR_BITS | SHIFT_LEFT | SHIFT_RIGHT) right=valueExpression # binaryValue
    ;

primary
    : NULL                                                          # nullLiteral
    | (TRUE | FALSE)                                                # boolLiteral
    | INTEGER                                                       # integerLiteral
    | DECIMAL                                                       # decimalLiteral
    | STRING                                                        # stringLiteral
    | DURATION                                                      # durationLiteral
    | INTERVAL (STRING | number=INTEGER | MINUS number=INTEGER) unit=name? # intervalLiteral
    | (TIMESTAMP | DATE) STRING                                     # timestampLiteral
    | PARAMETER                                                     # parameter
    | CASE operand=condition? whenThen+ (ELSE otherwise=condition)? END # caseExpression
    | (CAST | TRY_CAST) '(' condition AS typeName ')'               # cast
    | function=name '(' STAR ')' filter? over?                      # callOfAll
    | function=name '(' DISTINCT? (condition (',' condition)*)?
      (ORDER BY orderItem (',' orderItem)*)? inside=(IGNORE_NULLS | RESPECT_NULLS)? ')'
      withinGroup? filter? behind=(IGNORE_NULLS | RESPECT_NULLS)? over? # call
    | function=name '(' part=valueExpression IN whole=valueExpression ')' # position
    | function=name '(' side=(BOTH | LEADING | TRAILING) characters=valueExpression? FROM from=condition ')' # trimming
    | function=name '(' part=condition FROM from=condition (FOR count=condition)? ')' # extraction
    | (qualifier=name '.')? column=name                             # columnName
    | EXISTS '(' plainQuery ')'                                     # existsQuery
    | '(' plainQuery ')'                                            # scalarQuery
    | '(' condition ')'                                             # parenthesized
    ;

withinGroup : WITHIN GROUP '(' ORDER BY orderItem ')' ;

filter : FILTER '(' WHERE condition ')' ;

over
    : OVER windowName=name                                          # overNamed
    | OVER '(' windowSpec ')'                                       # overSpecified
    ;

windowSpec
    : base=name? (PARTITION BY partition+=condition (',' partition+=condition)*)?
      (ORDER BY orderItem (',' orderItem)*)?
      frame?
    ;

namedWindow : name AS '(' windowSpec ')' ;

frame
    : unit=(ROWS | RANGE | GROUPS) (start=frameBound | BETWEEN start=frameBound AND end=frameBound)
      (EXCLUDE exclusion)?
    ;

exclusion
    : CURRENT ROW                                                   # excludeCurrentRow
    | GROUP                                                         # excludeGroup
    | TIES                                                          # excludeTies
    | NO OTHERS                                                     # excludeNothing
    ;

frameBound
    : UNBOUNDED (PRECEDING | FOLLOWING)                             # unboundedFrame
    | CURRENT ROW                                                   # currentRowFrame
    | distance=valueExpression (PRECEDING | FOLLOWING)              # distanceFrame
    ;

whenThen : WHEN when=condition THEN then=condition ;

typeName : name ;

name : IDENTIFIER | QUOTED | nonReserved ;

// Keywords that stay usable as names of measurements, columns and functions.
nonReserved
    : EXPLAIN | SHOW | DATABASES | COLUMNS | MEASUREMENTS | MEASUREMENT | TAG | KEYS | KEY | VALUES | FIELD | SERIES | WITH | CREATE | DROP
    | OVER | PARTITION | ROWS | RANGE | GROUPS | EXCLUDE | TIES | NO | OTHERS | ROW | UNBOUNDED | PRECEDING | FOLLOWING | CURRENT
    | DELETE | TRUNCATE | BACKUP | TO | SINCE | SAMPLE | FILL | ALIGN | CALENDAR | AT | FOR | WITHIN | FILTER
    | ANALYZE | DESCRIBE | CARDINALITY | QUERIES | QUERY | CANCEL | EXPORT | UNTIL | ALTER | SET | RETENTION | NONE | DEFAULT
    | INCLUDE | PREVAILING | BOTH | LEADING | TRAILING
    | JOIN | INNER | LEFT | RIGHT | FULL | OUTER | CROSS | ON | USING
    | ASOF | TOLERANCE | NATURAL | SEMI | ANTI | LT_JOIN | POSITIONAL | SPLICE | WINDOW
    | DATABASE | IF | EXISTS | LATEST | ASC | DESC | NULLS | FIRST | LAST | INTERVAL | TIMESTAMP | DATE | ESCAPE
    ;

SELECT : 'SELECT' ;
DISTINCT : 'DISTINCT' ;
FROM : 'FROM' ;
WHERE : 'WHERE' ;
GROUP : 'GROUP' ;
BY : 'BY' ;
HAVING : 'HAVING' ;
ORDER : 'ORDER' ;
LIMIT : 'LIMIT' ;
OFFSET : 'OFFSET' ;
AS : 'AS' ;
AND : 'AND' ;
OR : 'OR' ;
NOT : 'NOT' ;
IN : 'IN' ;
IS : 'IS' ;
LIKE : 'LIKE' ;
ILIKE : 'ILIKE' ;
BETWEEN : 'BETWEEN' ;
NULL : 'NULL' ;
TRUE : 'TRUE' ;
FALSE : 'FALSE' ;
CAST : 'CAST' ;
TRY_CAST : 'TRY_CAST' ;
CASE : 'CASE' ;
WHEN : 'WHEN' ;
THEN : 'THEN' ;
ELSE : 'ELSE' ;
END : 'END' ;
UNION : 'UNION' ;
EXCEPT : 'EXCEPT' ;
INTERSECT : 'INTERSECT' ;
ALL : 'ALL' ;
QUALIFY : 'QUALIFY' ;

JOIN : 'JOIN' ;
INNER : 'INNER' ;
LEFT : 'LEFT' ;
RIGHT : 'RIGHT' ;
FULL : 'FULL' ;
OUTER : 'OUTER' ;
CROSS : 'CROSS' ;
ON : 'ON' ;
USING : 'USING' ;
// No aliases: they say what a JOIN behind them is, here or elsewhere.
ASOF : 'ASOF' ;
TOLERANCE : 'TOLERANCE' ;
NATURAL : 'NATURAL' ;
SEMI : 'SEMI' ;
ANTI : 'ANTI' ;
LT_JOIN : 'LT' ;
POSITIONAL : 'POSITIONAL' ;
SPLICE : 'SPLICE' ;
WINDOW : 'WINDOW' ;
INCLUDE : 'INCLUDE' ;
PREVAILING : 'PREVAILING' ;

EXPLAIN : 'EXPLAIN' ;
SHOW : 'SHOW' ;
// One token, so that both words stay names.
INSERT_INTO : 'INSERT' [ \t\r\n]+ 'INTO' ;
ANALYZE : 'ANALYZE' ;
DESCRIBE : 'DESCRIBE' ;
CARDINALITY : 'CARDINALITY' ;
QUERIES : 'QUERIES' ;
QUERY : 'QUERY' ;
CANCEL : 'CANCEL' ;
DATABASES : 'DATABASES' ;
COLUMNS : 'COLUMNS' ;
MEASUREMENTS : 'MEASUREMENTS' ;
MEASUREMENT : 'MEASUREMENT' ;
TAG : 'TAG' ;
KEYS : 'KEYS' ;
KEY : 'KEY' ;
VALUES : 'VALUES' ;
FIELD : 'FIELD' ;
SERIES : 'SERIES' ;
WITH : 'WITH' ;
CREATE : 'CREATE' ;
DROP : 'DROP' ;
DATABASE : 'DATABASE' ;
BACKUP : 'BACKUP' ;
TO : 'TO' ;
SINCE : 'SINCE' ;
SAMPLE : 'SAMPLE' ;
AT : 'AT' ;
FOR : 'FOR' ;
WITHIN : 'WITHIN' ;
FILTER : 'FILTER' ;
FILL : 'FILL' ;
ALIGN : 'ALIGN' ;
CALENDAR : 'CALENDAR' ;
EXPORT : 'EXPORT' ;
UNTIL : 'UNTIL' ;
ALTER : 'ALTER' ;
SET : 'SET' ;
RETENTION : 'RETENTION' ;
NONE : 'NONE' ;
DEFAULT : 'DEFAULT' ;
DELETE : 'DELETE' ;
TRUNCATE : 'TRUNCATE' ;
IF : 'IF' ;
EXISTS : 'EXISTS' ;
LATEST : 'LATEST' ;
ASC : 'ASC' ;
DESC : 'DESC' ;
NULLS : 'NULLS' ;
FIRST : 'FIRST' ;
LAST : 'LAST' ;
INTERVAL : 'INTERVAL' ;
TIMESTAMP : 'TIMESTAMP' ;
DATE : 'DATE' ;
OVER : 'OVER' ;
PARTITION : 'PARTITION' ;
RANGE : 'RANGE' ;
GROUPS : 'GROUPS' ;
EXCLUDE : 'EXCLUDE' ;
TIES : 'TIES' ;
NO : 'NO' ;
OTHERS : 'OTHERS' ;
ROWS : 'ROWS' ;
ROW : 'ROW' ;
// One token, since TIME alone is the name of a column.
TIME_ZONE : 'TIME' [ \t\r\n]+ 'ZONE' ;
// One token each, so that the words stay names.
IGNORE_NULLS : 'IGNORE' [ \t\r\n]+ 'NULLS' ;
RESPECT_NULLS : 'RESPECT' [ \t\r\n]+ 'NULLS' ;
UNBOUNDED : 'UNBOUNDED' ;
PRECEDING : 'PRECEDING' ;
FOLLOWING : 'FOLLOWING' ;
CURRENT : 'CURRENT' ;
BOTH : 'BOTH' ;
LEADING : 'LEADING' ;
TRAILING : 'TRAILING' ;
ESCAPE : 'ESCAPE' ;

EQ : '=' | '==' ;
NE : '!=' | '<>' ;
LE : '<=' ;
GE : '>=' ;
LT : '<' ;
GT : '>' ;
MATCH : '~' ;
NOT_MATCH : '!~' ;
MATCH_ANY_CASE : '~*' ;
NOT_MATCH_ANY_CASE : '!~*' ;
PLUS : '+' ;
MINUS : '-' ;
STAR : '*' ;
INT_DIV : '//' ;
SLASH : '/' ;
PERCENT : '%' ;
CONCAT : '||' ;
AND_BITS : '&' ;
OR_BITS : '|' ;
XOR_BITS : '#' ;
SHIFT_LEFT : '<<' ;
SHIFT_RIGHT : '>>' ;

// Of other dialects, so that an error names them: else they were a match and other bits.
FOREIGN_OPERATOR : '~~' | '~~*' | '!~~' | '!~~*' | '=~' ;


DECIMAL : [0-9]+ '.' [0-9]* EXPONENT? | '.' [0-9]+ EXPONENT? | [0-9]+ EXPONENT ;
DURATION : ([0-9]+ UNIT)+ ;
INTEGER : [0-9]+ ;

// A number that runs into letters is one wrong token, not a number and an alias.
WRONG_NUMBER : ([0-9]+ ('.' [0-9]*)? | '.' [0-9]+) EXPONENT? [\p{L}_] [\p{L}\p{Nd}_]* ;

STRING : '\'' (~['] | '\'\'')* '\'' ;
QUOTED : '"' (~["] | '""')* '"' ;
PARAMETER : [:$] [a-z_] [a-z0-9_]* ;
IDENTIFIER : [\p{L}_] [\p{L}\p{Nd}_]* ;

LINE_COMMENT : '--' ~[\r\n]* -> skip ;
BLOCK_COMMENT : '/*' .*? '*/' -> skip ;

// One token to the end: without it, each further '/*' would be tried as a comment, and the lexer were quadratic.
UNCLOSED_COMMENT : '/*' (~'*' | '*'+ ~[*/])* '*'* EOF ;

SPACE : [ \t\r\n\u000B\u000C\u00A0]+ -> skip ;

// Anything else becomes a token of its own, so that the parser names it with its place.
OTHER : . ;

fragment UNIT
    : 'ns' | 'us' | 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y'
    | 'nanosecond' 's'? | 'microsecond' 's'? | 'millisecond' 's'? | 'sec' | 'second' 's'? | 'min' | 'minute' 's'?
    | 'hour' 's'? | 'day' 's'? | 'week' 's'? | 'mon' | 'month' 's'? | 'quarter' 's'? | 'year' 's'?
    ;

fragment EXPONENT : 'E' [+-]? [0-9]+ ;
