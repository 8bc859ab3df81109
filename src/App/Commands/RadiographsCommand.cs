using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Phantoms;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip radiographs</c>: painted chests with known findings and boxes, to try curriculum learning on.</summary>
internal static class RadiographsCommand
{
    private static readonly RadiographCohortOptions Standard = new();

    private static readonly Option<string> Output = PhantomOption.Output();
    private static readonly Option<int> Patients = StandardOption.Of(
        "--patients",
        Standard.Patients,
        "Patients; a quarter has two radiographs."
    );
    private static readonly Option<int> Sites = StandardOption.Of(
        "--sites",
        Standard.Sites,
        "Hospitals, each with a look of its own."
    );
    private static readonly Option<int> Size = StandardOption.Of(
        "--size",
        Standard.Size,
        "Pixels to a side, 64 to 2048."
    );
    private static readonly Option<int> Seed = PhantomOption.Seed(Standard.Seed);
    private static readonly Option<double> Healthy = StandardOption.Of(
        "--healthy",
        Standard.Healthy,
        "Share of patients without a finding."
    );
    private static readonly Option<double> Subtlety = StandardOption.Of(
        "--subtlety",
        Standard.Subtlety,
        "0 to 1: how faint lesions are."
    );

    public static Command Create()
    {
        var command = new Command(
            "radiographs",
            """
            Paint a cohort of phantom chest radiographs: lungs, heart, rib shadows, and five findings (nodule, consolidation,
            interstitial opacity, pleural effusion, pneumothorax) whose boxes are known. Writes images/, cohort.csv
            (image,labels,patient,site) and boxes.csv. No substitute for patients; for trying things out and for tests.

            Examples:
              coverslip radiographs --out chests
              coverslip radiographs --out faint --subtlety 0.6 --patients 400 --size 512
            """
        )
        {
            Output,
            Patients,
            Sites,
            Size,
            Seed,
            Healthy,
            Subtlety,
        };
        command.SetAction(parsed =>
        {
            var options = new RadiographCohortOptions
            {
                Patients = parsed.GetValue(Patients),
                Sites = parsed.GetValue(Sites),
                Size = parsed.GetValue(Size),
                Seed = parsed.GetValue(Seed),
                Healthy = parsed.GetValue(Healthy),
                Subtlety = parsed.GetValue(Subtlety),
            };
            var folder = PhantomOption.Folder(parsed, Output);
            var count = RadiographCohort.Describe(options).Count;
            string written;
            using (var line = new ProgressLine("painting", count, "radiographs"))
                written = RadiographCohort.Write(folder, options, line);
            Console.WriteLine(written);
            return 0;
        });
        return command;
    }
}
