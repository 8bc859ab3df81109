using Coverslip.Evaluation.Readers;

namespace Coverslip.Evaluation.Tests.Readers;

public sealed class ReaderEvaluationTests
{
    [Fact]
    public void A_study_of_20_readers_recovers_its_gain_within_both_intervals()
    {
        var simulated = new SimulatedReaders { Gain = 0.1, Seed = 4 };
        var result = ReaderEvaluation.Of(simulated.Make(), new ReaderOptions { Bootstrap = 500 });
        var gain = result.Pooled.Figures[ReaderFigure.Auc].Gain;
        Assert.InRange(simulated.Gain, gain.Low!.Value, gain.High!.Value);
        Assert.True(gain.Low > 0);
        var test = result.Tests[ReaderFigure.Auc].ReadersAndCases;
        Assert.InRange(simulated.Gain, test.Change.Low!.Value, test.Change.High!.Value);
        Assert.True(test.P < 0.05);
        // Two ways to one interval, neither of which knows of the other.
        Assert.Equal(test.Change.Low!.Value, gain.Low.Value, 0.02);
        Assert.Equal(test.Change.High!.Value, gain.High!.Value, 0.02);
        Assert.True(result.Pooled.Helped > result.Pooled.Harmed);
        Assert.Equal(result.Readers.Sum(r => r.Helped), result.Pooled.Helped);
        Assert.True(result.Agreement.After.Value > result.Agreement.Before.Value);
        Assert.InRange(
            result.Agreement.Before.Value!.Value,
            result.Agreement.Before.Low!.Value,
            result.Agreement.Before.High!.Value
        );
    }

    [Fact]
    public void The_intervals_of_Obuchowski_and_Rockette_hold_the_gain_as_often_as_they_say()
    {
        const int studies = 100;
        var held = SimulatedStudies.Of(new SimulatedReaders { Readers = 6, Cases = 60 }, studies, bootstrap: 0).Held;
        Assert.InRange(held, 88, studies); // binomial: 88 or fewer of 100 at 95 % has a chance of 0.4 %
    }

    [Fact]
    public void Without_a_gain_one_is_found_as_seldom_as_the_test_says()
    {
        var none = new SimulatedReaders
        {
            Readers = 6,
            Cases = 60,
            Gain = 0,
        };
        var drawn = SimulatedStudies.Of(none, 100, bootstrap: 0);
        Assert.InRange(drawn.Found, 1, 12); // binomial: none of 100 at 5 % has a chance of 0.6 %, 13 or more one of 0.1 %
        Assert.InRange(drawn.Width, 0.05, 0.3);
    }

    [Fact]
    public void Simulated_readers_have_the_gain_that_was_asked_for()
    {
        var many = new SimulatedReaders
        {
            Readers = 100,
            Cases = 2000,
            Gain = 0.06,
        };
        var study = many.Make();
        double Mean(Func<Reading, Verdict> time) =>
            study.Readings.Average(reader =>
            {
                double[] Counts(bool positive) =>
                    [
                        .. Enumerable
                            .Range(-5, 11)
                            .Select(step =>
                                (double)
                                    reader
                                        .Index()
                                        .Count(r =>
                                            study.Cases[r.Index].Positive == positive && time(r.Item!).Rating == step
                                        )
                            ),
                    ];
                var (positives, others) = (Counts(true), Counts(false));
                var won = positives.Select((n, step) => n * (others[..step].Sum() + others[step] / 2)).Sum();
                return won / positives.Sum() / others.Sum();
            });
        var (alone, together) = (Mean(r => r.Before), Mean(r => r.After));
        Assert.Equal(0.8, alone, 0.02); // the same cases for all readers
        Assert.Equal(0.06, together - alone, 0.01);
        Assert.Contains(
            "the AUC with the machine's view (alone and gain together) is 1.1; it is 0.55 to 0.98",
            Assert.Throws<ArgumentException>(() => (many with { Gain = 0.3 }).Make()).Message
        );
    }

    [Fact]
    public void Verdicts_are_counted_by_hand()
    {
        ReaderCase[] cases =
        [
            new("a", "p", "tumor", true),
            new("b", "q", "tumor", true),
            new("c", "r", "normal", false),
            new("d", "s", "benign", false),
        ];
        Verdict Say(string name, int confidence, double seconds) =>
            new(name, name == "tumor", confidence) { Seconds = seconds, ActiveSeconds = seconds / 2 };
        Reading?[] readings =
        [
            new(Say("normal", 2, 10), Say("tumor", 1, 5)), // helped
            new(Say("tumor", 5, 20), Say("tumor", 5, 5)),
            new(Say("normal", 4, 30), Say("tumor", 2, 5)), // harmed
            null,
        ];
        var result = ReaderEvaluation.Of(
            new ReaderStudy(["x"], cases, [readings]),
            new ReaderOptions { Bootstrap = 0 }
        );
        var reader = Assert.Single(result.Readers);
        double? Before(ReaderFigure f) => reader.Figures[f].Before.Value;
        double? After(ReaderFigure f) => reader.Figures[f].After.Value;
        Assert.Equal((3, 1, 1, 1), (reader.Cases, reader.Helped, reader.Harmed, result.Unfinished));
        Assert.Equal((0.5, 1), (Before(ReaderFigure.Sensitivity), After(ReaderFigure.Sensitivity)));
        Assert.Equal((1, 0), (Before(ReaderFigure.Specificity), After(ReaderFigure.Specificity)));
        Assert.Equal(1, Before(ReaderFigure.Auc)); // -2 and 5 against -4
        Assert.Equal(0.5, After(ReaderFigure.Auc)); // 1 and 5 against 2
        Assert.Equal((20, 5), (Before(ReaderFigure.Seconds), After(ReaderFigure.Seconds)));
        Assert.Equal((10, 2.5), (Before(ReaderFigure.ActiveSeconds), After(ReaderFigure.ActiveSeconds)));
        Assert.Null(Before(ReaderFigure.Jafroc));
        Assert.Equal(0.4, Before(ReaderFigure.Kappa)!.Value, 1e-12); // 2 of 3 agree, 4 of 9 by chance
        Assert.All(result.Untested.Values, reason => Assert.Contains("one reader", reason));
    }

    [Fact]
    public void Cases_of_one_patient_are_drawn_together()
    {
        var once = new SimulatedReaders
        {
            Readers = 4,
            Cases = 40,
            Seed = 9,
        }.Make();
        // Each case twice: as cases of the same patient nothing is learned; as others' the interval would shrink.
        ReaderStudy Doubled(string other) =>
            new(
                once.Readers,
                [.. once.Cases, .. once.Cases.Select(c => c with { Name = $"{c.Name}'", Patient = c.Patient + other })],
                [.. once.Readings.Select(r => new List<Reading?>([.. r, .. r]))]
            );
        double Error(ReaderStudy s) =>
            ReaderEvaluation.Of(s, new ReaderOptions { Bootstrap = 0 }).Tests[ReaderFigure.Auc].Cases.StandardError;
        Assert.Equal(Error(once), Error(Doubled("")), 1e-12);
        Assert.True(Error(Doubled("'")) < 0.8 * Error(once));
    }

    [Fact]
    public void A_reading_that_does_not_fit_its_case_is_refused()
    {
        ReaderCase[] cases = [new("a", "p", "tumor", true, Lesions: 2)];
        Verdict verdict = new("tumor", true, 3);
        string Message(Verdict v) =>
            Assert
                .Throws<InvalidDataException>(() =>
                    new ReaderStudy(
                        ["x"],
                        cases,
                        [
                            [new(v, v)],
                        ]
                    )
                )
                .Message;
        Assert.Contains("the case has 2", Message(verdict));
        Assert.Contains("it is 1 to 5", Message(verdict with { Confidence = 6, Found = [1, null] }));
    }
}
