[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Slides.Tests")]
