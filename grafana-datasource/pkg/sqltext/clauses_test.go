package sqltext

import "testing"

func TestAClauseIsWrittenBehindTheGroups(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT a FROM m GROUP BY 1":                                                             "SELECT a FROM m GROUP BY 1 FILL(0)",
		"select a from m group by 1, b order by 1 limit 3":                                       "select a from m group by 1, b FILL(0) order by 1 limit 3",
		"SELECT a FROM m GROUP BY 1 -- why\n":                                                    "SELECT a FROM m GROUP BY 1 FILL(0) -- why\n",
		"SELECT a FROM m GROUP BY 1 /* b */ /* c */ HAVING x > 1":                                "SELECT a FROM m GROUP BY 1 FILL(0) /* b */ /* c */ HAVING x > 1",
		"SELECT a FROM m GROUP BY \"order\" ;":                                                   "SELECT a FROM m GROUP BY \"order\" FILL(0) ;",
		"SELECT a FROM m WHERE b = 'UNION' GROUP BY f(1, 2)\n ORDER BY 1":                        "SELECT a FROM m WHERE b = 'UNION' GROUP BY f(1, 2) FILL(0)\n ORDER BY 1",
		"WITH x AS (SELECT 1 FROM n GROUP BY 2) SELECT a FROM x GROUP BY 1":                      "WITH x AS (SELECT 1 FROM n GROUP BY 2) SELECT a FROM x GROUP BY 1 FILL(0)",
		"SELECT lag(a) OVER (ORDER BY b) FROM (SELECT 1 UNION SELECT 2) GROUP BY 'x' ORDER BY 1": "SELECT lag(a) OVER (ORDER BY b) FROM (SELECT 1 UNION SELECT 2) GROUP BY 'x' FILL(0) ORDER BY 1",
	} {
		got, can := BehindGroups(text, "FILL(0)")
		if !can || got != want {
			t.Errorf("%q: %t %q", text, can, got)
		}
	}
	for _, text := range []string{
		"", "SELECT a FROM m", "SELECT a FROM (SELECT b FROM m GROUP BY 1)", "SELECT a FROM m GROUP BY 1 UNION SELECT 2", "SELECT a FROM m GROUP BY 1 FILL(null)",
		"SELECT a FROM m SAMPLE BY 1h", "SELECT 1 GROUP BY 1; SELECT 2 GROUP BY 2", "SELECT 'GROUP BY 1'", "-- GROUP BY 1",
	} {
		if got, can := BehindGroups(text, "FILL(0)"); can {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestTheMeasurementIsTheFirstThatIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT a FROM cpu WHERE b = 1": "cpu",
		"select a\n from\tcpu":          "cpu",
		`SELECT a FROM "my ""m" AS x`:   `my "m`,
		"SELECT a FROM größe":           "größe",
		"-- FROM wrong\nSELECT 'x FROM y' AS \"FROM z\" /* FROM w */ FROM /* c */ cpu": "cpu",
		"SELECT a FROM (SELECT b FROM disk GROUP BY 1)":                                "disk",
		"WITH x AS (SELECT a FROM net) SELECT a FROM x":                                "net",
		"SELECT a IS DISTINCT FROM b FROM cpu":                                         "cpu",
		"SELECT extract(hour FROM time), extract ( day from time) FROM cpu":            "cpu",
		"SELECT 1":         "",
		"SELECT a FROM":    "",
		"SELECT a FROM \"": "",
		"":                 "",
	} {
		if got := Measurement(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
