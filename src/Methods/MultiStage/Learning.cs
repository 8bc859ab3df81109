namespace Coverslip.Methods.MultiStage;

/// <summary>What of the method is trained: the rows of the paper's table 1.</summary>
internal enum Learning
{
    /// <summary>Separate learning, and from its weights on end to end.</summary>
    EndToEnd,

    /// <summary>Extractor first, then the segmentation model over its features.</summary>
    Separate,

    /// <summary>The patch classifier alone.</summary>
    Classifier,

    /// <summary>The segmentation model over features of published weights that are not trained ("Imagenet feature").</summary>
    Untrained,

    /// <summary>The segmentation model alone, over the reduced image of the slide ("Segmentation only").</summary>
    Segmentation,

    /// <summary>Nothing: every patch is as probable as a number drawn at random.</summary>
    Chance,
}

/// <summary>Which shares of tumor and normal the patch classifier's probabilities speak of.</summary>
internal enum ClassPrior
{
    /// <summary>Those of the patches that it was trained on, a half each where they are drawn alike.</summary>
    Drawn,

    /// <summary>Those of all labeled patches of the training slides.</summary>
    Slides,
}
