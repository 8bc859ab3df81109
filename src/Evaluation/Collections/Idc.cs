using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Collections;

/// <summary>
/// IDC (Cruz-Roa et al. 2014, Janowczyk and Madabhushi 2016): breast patches of 50 × 50 pixels whose names say everything,
/// <c>8863_idx5_x101_y1251_class0.png</c>: patient 8863, no carcinoma.
/// </summary>
internal sealed partial class Idc : Collection
{
    public override string Layout => "idc";

    public override string Title => "IDC (Cruz-Roa et al. 2014)";

    private protected override string Wanted => "8863_idx5_x101_y1251_class0.png …";

    private protected override CollectionRows Read(CollectionFolder folder)
    {
        var images = folder.ByName(f => Name().IsMatch(CollectionFolder.NameOf(f)) ? CollectionFolder.NameOf(f) : null);
        if (images.Count == 0)
            throw folder.Without(Wanted);
        List<CohortRow> rows =
        [
            .. images.Values.Select(
                (file, i) =>
                {
                    var name = Name().Match(CollectionFolder.NameOf(file)).Groups;
                    return new CohortRow(
                        i + 2,
                        folder.InCohort(file),
                        name["class"].Value == "1" ? "carcinoma" : "benign",
                        name["patient"].Value
                    );
                }
            ),
        ];
        return new CollectionRows(rows, [])
        {
            Counts =
            [
                new("benign", rows.Count(r => r.Label == "benign"), 198_738),
                new("carcinoma", rows.Count(r => r.Label == "carcinoma"), 78_786),
                new("patients", rows.DistinctBy(r => r.Patient).Count(), 279),
            ],
            Notes = CollectionFolder
                .Told(
                    [
                        .. folder.Files.Where(f =>
                            FolderLayout.IsImage(f) && !Name().IsMatch(CollectionFolder.NameOf(f))
                        ),
                    ],
                    "images have other names and were left out"
                )
                .ToList(),
        };
    }

    [GeneratedRegex(
        "^(?<patient>[0-9]+)_idx[0-9]+_x[0-9]+_y[0-9]+_class(?<class>[01])[.]png$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Name();
}
