using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Tests.Cohorts;

/// <summary>One person in two spellings, and several behind one word.</summary>
public sealed class LookAlikesTests
{
    [Theory]
    [InlineData("p1", "P1")]
    [InlineData("7", "007")]
    [InlineData("7", "7.0")]
    [InlineData("7", "7,00")]
    [InlineData("p 1", "p1")]
    [InlineData("p1", "p1\u00A0")]
    [InlineData("p1", "p\u200B1")]
    [InlineData("７", "7")]
    [InlineData("case-07", "Case-7")]
    [InlineData("M\u00FCller", "Mu\u0308ller")]
    [InlineData("case-7", "case\u20137")]
    [InlineData("36893488147419103232", "036893488147419103232")]
    public void Patients_that_differ_in_form_only_are_an_error_with_their_rows(string one, string other)
    {
        var problem = Assert.Single(LookAlikes.Of([Row(2, "a", one), Row(3, "b", "else"), Row(4, "b", other)]));
        Assert.True(problem.IsError);
        Assert.Equal([2, 4], problem.Rows);
        Assert.Contains("write one spelling for one person", problem.Message);
    }

    [Theory]
    [InlineData("p1", "P1", "differ in case only;")]
    [InlineData("7", "007", "differ in the form of a number only;")]
    [InlineData("case-07", "Case-7", "differ in case and the form of a number only;")]
    [InlineData("p 1", "p1", "differ in blanks only;")]
    [InlineData("p1", "p\u00A01", "differ in blanks only: the second has the blank U+00A0;")]
    [InlineData("p1", "p\u200B1", "differ in characters that do not show only: the second has the character U+200B;")]
    [InlineData("7", "７", "differ in full-width letters only: the second has full-width letters;")]
    [InlineData("case-7", "case\u20137", "differ in dashes only: the second has the dash U+2013;")]
    [InlineData(
        "Mu\u0308ller",
        "M\u00FCller",
        "differ in accents only: the first has its accents as characters of their own;"
    )]
    public void How_names_differ_is_told_where_they_look_the_same(string one, string other, string told)
    {
        Assert.Contains(told, Assert.Single(LookAlikes.Of([Row(2, "a", one), Row(3, "b", other)])).Message);
    }

    [Fact]
    public void Several_patients_in_several_spellings_are_an_error_each()
    {
        var problems = LookAlikes
            .Of([Row(2, "a", "p1"), Row(3, "b", "q2"), Row(4, "b", "Q2"), Row(5, "a", "P1"), Row(6, "a", "p1")])
            .ToList();
        Assert.Equal(
            [
                [2, 5, 6],
                [3, 4],
            ],
            problems.Select(p => p.Rows)
        );
    }

    [Theory]
    [InlineData("22549AB", "22549CD")]
    [InlineData("7", "7.5")]
    [InlineData("7", "70")]
    [InlineData("1.05", "1.5")]
    [InlineData("p-1", "p1")]
    public void Patients_that_differ_in_more_are_two(string one, string other) =>
        Assert.Empty(LookAlikes.Of([Row(2, "a", one), Row(3, "b", other)]));

    [Theory]
    [InlineData("NA")]
    [InlineData("nan")]
    [InlineData("None")]
    [InlineData("unknown")]
    [InlineData("-")]
    [InlineData("n / a")]
    public void A_word_for_nobody_is_no_patient(string nobody)
    {
        var problem = Assert.Single(LookAlikes.Of([Row(2, "a", nobody), Row(3, "b", nobody), Row(4, "b", "1")]));
        Assert.Equal((true, 2), (problem.IsError, problem.Rows.Count));
        Assert.Contains("several people may hide", problem.Message);
    }

    [Fact]
    public void A_number_that_a_spreadsheet_shortened_is_no_patient() =>
        Assert.Contains(
            "export the column as text",
            Assert.Single(LookAlikes.Of([Row(2, "a", "1.23457E+11"), Row(3, "b", "1")])).Message
        );

    [Theory]
    [InlineData("Tumor", "tumor")]
    [InlineData("tumour", "tumor")]
    [InlineData("no tumor", "no_tumor")]
    [InlineData("1", "1.0")]
    [InlineData("03", "3")]
    public void Labels_that_differ_in_form_only_are_an_error(string one, string other)
    {
        var problem = Assert.Single(LookAlikes.Of([Row(2, one, "1"), Row(3, other, "2")]));
        Assert.True(problem.IsError);
        Assert.Contains($"'{one}'", problem.Message);
        Assert.Contains($"'{other}'", problem.Message);
        Assert.Equal([2, 3], problem.Rows);
    }

    [Fact]
    public void Findings_are_labels_and_a_word_for_nothing_is_a_warning_as_a_label()
    {
        var rows = new[] { Row(2, "", "1"), Row(3, "", "2") };
        (rows[0], rows[1]) = (rows[0] with { Findings = ["Nodule"] }, rows[1] with { Findings = ["mass", "nodule"] });
        Assert.Contains("'Nodule', 'nodule'", Assert.Single(LookAlikes.Of(rows)).Message);
        var warning = Assert.Single(LookAlikes.Of([Row(2, "NA", "1"), Row(3, "b", "2")]));
        Assert.False(warning.IsError);
    }

    private static CohortRow Row(int number, string label, string patient) =>
        new(number, $"{number}.png", label, patient);
}
