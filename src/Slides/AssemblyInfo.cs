[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Methods")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Slides.Tests")]
