namespace Coverslip.Files.Tests;

/// <summary>What names mean, and what they do not.</summary>
public sealed class ClassMeaningTests
{
    [Theory]
    [InlineData("Tumor")]
    [InlineData("tumour")]
    [InlineData("Tumoren")]
    [InlineData("TUMEUR")]
    [InlineData("tümör")]
    [InlineData("métastases")]
    [InlineData("cáncer")]
    [InlineData("Karzinom")]
    [InlineData("Tumor: Positive")]
    [InlineData("Tumor (layer 3)")]
    [InlineData("invasive carcinoma")]
    [InlineData("tumor_region 2")]
    [InlineData("_0")]
    [InlineData("_1")]
    [InlineData("肿瘤")]
    public void Tumor_in_several_spellings(string name) => Assert.True(ClassMeaning.IsTumor(name));

    [Theory]
    [InlineData("")]
    [InlineData("_2")]
    [InlineData("Stroma")]
    [InlineData("Region*")]
    [InlineData("Tissue")]
    [InlineData("Ignore*")]
    [InlineData("non-tumor")]
    [InlineData("peritumoral")]
    [InlineData("tumor stroma")]
    [InlineData("benign tumor")]
    [InlineData("Tumor bed")]
    [InlineData("Necrosis")]
    [InlineData("carcinoma in situ")]
    [InlineData("tumor-free")]
    [InlineData("cancerfree")]
    [InlineData("free of tumor")]
    [InlineData("without tumor")]
    public void Nothing_is_guessed(string name) => Assert.False(ClassMeaning.IsTumor(name));

    [Theory]
    [InlineData("Normal")]
    [InlineData("healthy tissue")]
    [InlineData("non-tumor")]
    [InlineData("nontumor")]
    [InlineData("Nicht-Tumor")]
    [InlineData("no tumour")]
    [InlineData("without tumor")]
    [InlineData("not malignant")]
    [InlineData("tumor-free")]
    [InlineData("Tumor Free Tissue")]
    [InlineData("cancer_free")]
    [InlineData("cancerfree")]
    [InlineData("tumorfrei")]
    [InlineData("free of tumor")]
    [InlineData("sans tumeur")]
    public void Normal_in_several_spellings(string name) => Assert.True(ClassMeaning.IsNormal(name));

    [Theory]
    [InlineData("Tumor")]
    [InlineData("free")]
    [InlineData("disease-free")]
    [InlineData("free-floating tumor")]
    [InlineData("non-invasive carcinoma")]
    [InlineData("non-small cell carcinoma")]
    [InlineData("carcinoma of no special type")]
    [InlineData("tumor, no necrosis")]
    [InlineData("not normal")]
    public void Not_everything_with_a_negation_is_normal(string name) => Assert.False(ClassMeaning.IsNormal(name));

    [Theory]
    [InlineData("adenoma", "normal", "adenoma")]
    [InlineData("malignant", "benign", "malignant")]
    [InlineData("benign", "normal", "benign")]
    [InlineData("Normal", "Tumour", "Tumour")]
    [InlineData("0", "1", "1")]
    [InlineData("negative", "her2 positive", "her2 positive")]
    [InlineData("nonresponder", "responder", "responder")]
    [InlineData("responder", "non-responder", "responder")]
    [InlineData("ER+", "ER-", "ER+")]
    [InlineData("cancer", "stroma", "cancer")]
    [InlineData("a", "b", null)]
    [InlineData("class0", "class1", null)]
    [InlineData("1", "2", null)]
    [InlineData("carcinoma", "metastasis", null)]
    public void The_positive_of_two_whichever_stands_first(string a, string b, string? positive)
    {
        Assert.Equal(positive, ClassMeaning.PositiveOf([a, b]));
        Assert.Equal(positive, ClassMeaning.PositiveOf([b, a]));
        Assert.Null(ClassMeaning.PositiveOf([a, b, "c"]));
    }

    [Theory]
    [InlineData("tumor-free")]
    [InlineData("tumor free")]
    [InlineData("tumor_free")]
    [InlineData("Tumour-Free")]
    [InlineData("tumorfree")]
    [InlineData("cancerfree")]
    [InlineData("free of tumor")]
    [InlineData("free from cancer")]
    [InlineData("tumor-free margin")]
    [InlineData("without tumor")]
    [InlineData("no tumor")]
    [InlineData("no_tumor")]
    [InlineData("notumor")]
    [InlineData("non-tumor")]
    [InlineData("nontumor")]
    [InlineData("not malignant")]
    [InlineData("nonmalignant")]
    [InlineData("non-cancerous")]
    [InlineData("tumorfrei")]
    [InlineData("kein Tumor")]
    [InlineData("sans tumeur")]
    [InlineData("senza tumore")]
    [InlineData("sin cáncer")]
    [InlineData("disease free")]
    [InlineData("disease-free")]
    [InlineData("no disease")]
    [InlineData("no evidence of malignancy")]
    [InlineData("tumor: no")]
    [InlineData("Tumor: Negative")]
    [InlineData("cancer absent")]
    [InlineData("no tumor (normal)")]
    [InlineData("negative for malignancy")]
    public void What_is_free_of_tumor_is_not_looked_for(string name)
    {
        foreach (var sought in new[] { "tumor", "cancer", "diseased", "positive", "malignant" })
        {
            Assert.Equal(sought, ClassMeaning.PositiveOf([name, sought]));
            Assert.Equal(sought, ClassMeaning.PositiveOf([sought, name]));
        }
        foreach (var harmless in new[] { "benign", "nevus" })
            Assert.Equal(harmless, ClassMeaning.PositiveOf([name, harmless]));
    }

    [Theory]
    [InlineData("recurrence-free", "recurrence", "recurrence")]
    [InlineData("recurrencefree", "recurrence", "recurrence")]
    [InlineData("involved", "uninvolved", "involved")]
    [InlineData("lesional", "nonlesional", "lesional")]
    [InlineData("normal", "not normal", "not normal")]
    [InlineData("benign", "non-benign", "non-benign")]
    [InlineData("normal", "non-small cell carcinoma", "non-small cell carcinoma")]
    [InlineData("normal", "carcinoma of no special type", "carcinoma of no special type")]
    [InlineData("normal", "free-floating tumor", "free-floating tumor")]
    [InlineData("non-invasive carcinoma", "invasive carcinoma", "invasive carcinoma")]
    [InlineData("Tumor: Negative", "Tumor: Positive", "Tumor: Positive")]
    [InlineData("no", "yes", "yes")]
    [InlineData("tumor", "tumor stroma", null)]
    [InlineData("tumor-free", "normal", null)]
    public void A_negation_is_of_what_stands_beside_it(string a, string b, string? positive)
    {
        Assert.Equal(positive, ClassMeaning.PositiveOf([a, b]));
        Assert.Equal(positive, ClassMeaning.PositiveOf([b, a]));
    }

    [Theory]
    [InlineData("adenocarcinoma", "squamous carcinoma", "both mean what is looked for")]
    [InlineData("tumor-free", "normal", "both mean what is not looked for")]
    public void Two_names_that_mean_the_same_are_a_tie_that_is_refused(string a, string b, string told)
    {
        var error = Assert.Throws<InvalidDataException>(() => ClassMeaning.CheckTold([a, b], "--positive CLASS"));
        Assert.Contains($"the classes '{a}' and '{b}' {told}", error.Message);
        Assert.EndsWith("--positive CLASS", error.Message);
    }

    [Fact]
    public void Names_that_mean_nothing_or_different_things_are_no_tie()
    {
        ClassMeaning.CheckTold(["a", "b"], "--positive CLASS");
        ClassMeaning.CheckTold(["normal", "tumor"], "--positive CLASS");
        ClassMeaning.CheckTold(["carcinoma", "metastasis", "normal"], "--positive CLASS");
    }

    [Fact]
    public void Spellings_of_one_name_are_refused_with_all_of_them()
    {
        ClassMeaning.CheckSpellings(["Tumor", "Tumor", "ER+", "ER-", "Normal"], "t.csv");
        var error = Assert.Throws<InvalidDataException>(() =>
            ClassMeaning.CheckSpellings(["Tumour", "tumor", "tumor", "a b", "AB", "x"], "t.csv")
        );
        Assert.Equal(
            "t.csv: labels that differ in case, blanks or spelling only: 'Tumour' (1) and 'tumor' (2); 'a b' (1) and 'AB' (1); "
                + "write each in one way",
            error.Message
        );
    }
}
