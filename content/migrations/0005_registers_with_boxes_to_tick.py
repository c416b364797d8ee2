"""Whom a contact is for, and what a goal lacks, are chosen from boxes; the columns stay as they are."""

from django.db import migrations

import content.fields


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0004_quotes_of_other_documents"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="audience",
            field=content.fields.ChoiceListField(blank=True, default=list, verbose_name="målgrupp"),
        ),
        migrations.AlterField(
            model_name="goal",
            name="gaps",
            field=content.fields.ChoiceListField(
                blank=True, default=list, verbose_name="saknas i underlaget"
            ),
        ),
    ]
