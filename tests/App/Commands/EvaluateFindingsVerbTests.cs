namespace Coverslip.App.Tests.Commands;

/// <summary>The verb <c>evaluate findings</c> on plain files.</summary>
[Collection("console")]
public sealed class EvaluateFindingsVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Labels_of_a_cohort_are_found_in_columns_of_other_case()
    {
        var call = Files("MASS", "image,labels,patient,site,group\na.png,mass,1,A,g\nb.png,,2,B,h\n");
        var told = VerbCall.RunQuiet(0, call).Output;
        Assert.Contains("mass", told);
        Assert.Contains("site A", told);
        Assert.Contains("Group g", VerbCall.RunQuiet(0, [.. call, "--site", "Group"]).Output);
    }

    [Fact]
    public void A_site_that_is_no_column_is_refused_with_those_there_are()
    {
        var call = Files("mass", "image,labels,patient,hospital\na.png,mass,1,A\nb.png,,2,B\n");
        VerbCall.RunQuiet(0, call); // without asking there need be no column 'site'
        var error = VerbCall.RunQuiet(1, [.. call, "--site", "nosuch"]).Errors;
        Assert.Contains("--site nosuch", error);
        Assert.Contains("there are hospital", error);
    }

    private string[] Files(string finding, string cohort)
    {
        var (predictions, of) = (Path.Combine(folder, "predictions.csv"), Path.Combine(folder, "cohort.csv"));
        File.WriteAllText(
            predictions,
            $"image,patient,labels,predicted,P_{finding}\na.png,1,unknown,{finding},0.9\nb.png,2,unknown,,0.1\n"
        );
        File.WriteAllText(of, cohort);
        return ["evaluate", "findings", predictions, "--cohort", of, "--bootstrap", "0"];
    }
}
