using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests.Inputs;

/// <summary>What a cohort's files hold: images that are none, masks of others, pictures that come twice.</summary>
public sealed class CohortPicturesTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    [Fact]
    public void A_sound_cohort_has_no_problems_and_every_image_is_read()
    {
        var pictures = Checked(small.Cohort, null);
        Assert.Empty(pictures.Problems);
        Assert.Equal((24, 24), (pictures.Decoded, pictures.Images));
        Assert.Equal((24, 0, 0), pictures.Masks);
    }

    [Fact]
    public void Without_time_headers_are_read_and_pixels_are_not()
    {
        var empty = Path.Combine(small.Folder, "empty.png");
        File.WriteAllBytes(empty, []);
        var cut = Path.Combine(small.Folder, "cut.png");
        var whole = File.ReadAllBytes(small.Cohort.ImagePath(small.Cohort.Rows[0]));
        File.WriteAllBytes(cut, whole[..(whole.Length / 2)]);
        var cohort = With(
            "hurried.csv",
            (0, r => r with { Image = empty, Mask = null }),
            (1, r => r with { Image = cut, Mask = null })
        );
        var hurried = Checked(cohort, TimeSpan.Zero);
        Assert.Equal((0, 23), (hurried.Decoded, hurried.Images));
        var problem = Assert.Single(hurried.Problems);
        Assert.Equal((true, 2), (problem.IsError, problem.Rows[0]));
        Assert.Contains("the file is empty", problem.Message);
        Assert.Contains("truncated", Checked(cohort, null).Problems.Single(p => p.Rows[0] == 3).Message);
    }

    [Fact]
    public void A_mask_of_another_size_and_one_of_another_patient_are_told()
    {
        var odd = Path.Combine(small.Folder, "odd.png");
        using (var mask = new Image(20, 50, channels: 1))
            ImageFile.Write(odd, mask);
        var last = small.Cohort.Rows[^1];
        var cohort = With(
            "masks.csv",
            (0, r => r with { Mask = odd }),
            (1, r => r with { Mask = small.Cohort.MaskPath(last) })
        );
        var problems = Checked(cohort, null).Problems;
        Assert.Contains("the mask has 20 × 50 pixels", problems.Single(p => p.IsError).Message);
        var shared = problems.Single(p => !p.IsError);
        Assert.Equal([3, 25], shared.Rows);
        Assert.Contains(
            $"under images of different patients ({small.Cohort.Rows[1].Patient}, {last.Patient})",
            shared.Message
        );
    }

    [Fact]
    public void A_picture_in_another_file_of_another_patient_is_an_error_and_a_changed_one_a_warning()
    {
        var (same, changed) = (Path.Combine(small.Folder, "same.tif"), Path.Combine(small.Folder, "changed.jpg"));
        using (var image = ImageFile.Read(small.Cohort.ImagePath(small.Cohort.Rows[0])))
        {
            ImageFile.Write(same, image);
            using var larger = Transforms.Resize(image, 60, 60);
            ImageFile.Write(changed, larger, new ImageWriteOptions { JpegQuality = 90 });
        }
        var exact = Checked(With("same.csv", (^1, r => r with { Image = same, Mask = null })), null);
        Assert.Equal((true, "2, 25"), exact.Problems.Select(p => (p.IsError, string.Join(", ", p.Rows))).Single());
        var near = Checked(With("near.csv", (^1, r => r with { Image = changed, Mask = null })), null);
        Assert.Equal((false, "2, 25"), near.Problems.Select(p => (p.IsError, string.Join(", ", p.Rows))).Single());
        Assert.Contains("look alike", near.Problems[0].Message);
    }

    private static CohortPictures Checked(Cohort cohort, TimeSpan? limit)
    {
        var pictures = new CohortPictures(cohort, limit);
        pictures.Check(CancellationToken.None);
        return pictures;
    }

    /// <summary>The small cohort in a file of its own, some rows changed.</summary>
    private Cohort With(string name, params (Index At, Func<CohortRow, CohortRow> Change)[] changes)
    {
        var rows = small
            .Cohort.Rows.Select(r =>
                r with
                {
                    Image = small.Cohort.ImagePath(r),
                    Mask = small.Cohort.MaskPath(r),
                    Further = [],
                }
            )
            .ToArray();
        foreach (var (at, change) in changes)
            rows[at] = change(rows[at]);
        var path = Path.Combine(small.Folder, name);
        CohortFile.Write(path, rows, []);
        return Cohort.Load(path);
    }
}
